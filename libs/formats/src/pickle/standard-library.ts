/**
 * Modules of Python's standard library (3.8 to 3.14, and those that older versions had) that no data needs: they run
 * programs or code, reach files, network or the interpreter, or load further pickles. The whole library was gone
 * through, since deny-lists that name single functions have been passed by the next function again and again. What is
 * missing here is plain: an unknown import from it is only suspicious.
 */
const words = `
  _aix_support _ast _asyncio _bootsubprocess _collections_abc _compat_pickle _contextvars _crypt _ctypes _curses
  _curses_panel _dbm _frozen_importlib _frozen_importlib_external _functools _gdbm _imp _interpreters _ios_support
  _locale _lsprof _msi _multiprocessing _opcode _operator _osx_support _overlapped _pickle _posixshmem _posixsubprocess
  _pyio _pyrepl _scproxy _signal _sitebuiltins _socket _sqlite3 _sre _ssl _symtable _testcapi _testinternalcapi _thread
  _threading_local _tkinter _tracemalloc _warnings _weakref _winapi
  aifc annotationlib antigravity ast asynchat asyncio asyncore atexit bdb cProfile cgi cgitb cmd code codeop commands
  compileall concurrent contextlib crypt ctypes curses dbm dis distutils doctest email encodings ensurepip faulthandler
  fcntl filecmp fileinput fnmatch ftplib gc genericpath getopt getpass glob grp http idlelib imaplib imghdr imp importlib
  inspect lib2to3 linecache lzma mailbox mailcap marshal mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc
  nis nntplib nt ntpath nturl2path opcode optparse os ossaudiodev pdb pickle pickletools pipes pkgutil platform plistlib
  poplib popen2 posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data readline reprlib resource
  rlcompleter runpy sched select selectors shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd
  sqlite3 ssl stat subprocess symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios this threading
  timeit tkinter trace traceback tracemalloc tty turtle turtledemo types unittest urllib uu venv warnings webbrowser
  winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport
`;

/** Those of them that are packages, so that their submodules belong to the library too. */
const packageWords = `
  _pyrepl asyncio concurrent ctypes curses dbm distutils email encodings ensurepip http idlelib importlib lib2to3
  multiprocessing os pydoc_data sqlite3 sysconfig tkinter turtledemo unittest urllib venv wsgiref xml xmlrpc zipfile
`;

const dangerousModules: ReadonlySet<string> = new Set(words.trim().split(/\s+/));
const packages: ReadonlySet<string> = new Set(packageWords.trim().split(/\s+/));

/**
 * True for a dangerous module of the standard library. `code.models` is somebody's own package, since the library's
 * `code` has no submodules.
 */
export function isDangerousStandardModule(module: string): boolean {
  const root = module.split(".", 1)[0] as string;
  return dangerousModules.has(root) && (module === root || packages.has(root));
}
