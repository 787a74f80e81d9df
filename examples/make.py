"""usage: make.py FOLDER

Makes the models of this folder: iris, and iris-float64, the same classifier for float64 measurements. Needs what
test/python/requirements.txt lists.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import joblib
import numpy
from skl2onnx import to_onnx

sys.path.append(str(Path(__file__).parent.parent / "test" / "python"))
from held_out import split  # noqa: E402
from train import main as train  # noqa: E402

TREES = 10
CARD = """---
license: apache-2.0
tags:
  - iris
  - classification
---
# Iris, float64

The classifier of iris; its measurements are float64 instead of float32.
"""


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        trained = Path(temporary)
        train(trained, TREES)
        (folder / "iris").mkdir(parents=True, exist_ok=True)
        for name in ("model.onnx", "README.md"):
            shutil.copyfile(trained / name, folder / "iris" / name)
        classifier = joblib.load(trained / "model.joblib")
    rows, _, _, _ = split()
    wide = to_onnx(classifier, rows[:1].astype(numpy.float64), options={id(classifier): {"zipmap": False}})
    (folder / "iris-float64").mkdir(exist_ok=True)
    (folder / "iris-float64" / "model.onnx").write_bytes(wide.SerializeToString(deterministic=True))
    (folder / "iris-float64" / "README.md").write_text(CARD)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
