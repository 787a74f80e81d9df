"""usage: predict.py FOLDER

Loads model.joblib and model.onnx from any folder and prints what each predicts for the held-out rows, in the form of
the predictions.json that train.py writes.
"""

import sys
from pathlib import Path

from held_out import predictions, to_json

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.stdout.write(to_json(predictions(Path(sys.argv[1]))))
