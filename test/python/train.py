"""usage: train.py FOLDER [TREES]

Trains a random forest on iris with a fixed seed and writes a model folder: model.joblib, model.onnx, README.md,
requirements.txt and predictions.json (what both files predict for the held-out rows). Another number of TREES
(default 20) makes another version of the model.
"""

import shutil
import sys
from pathlib import Path

import joblib
from skl2onnx import to_onnx
from sklearn.ensemble import RandomForestClassifier

from held_out import SEED, predictions, split, to_json

README = """---
license: apache-2.0
tags:
  - iris
  - classification
---
# Iris

A random forest of {trees} trees that tells three kinds of iris from four measurements in centimetres.
Accuracy on the held-out rows: {accuracy:.3f}.
"""


def main(folder: Path, trees: int) -> None:
    rows, held_out_rows, labels, held_out_labels = split()
    classifier = RandomForestClassifier(n_estimators=trees, random_state=SEED).fit(rows, labels)
    folder.mkdir(parents=True, exist_ok=True)
    joblib.dump(classifier, folder / "model.joblib")
    model = to_onnx(classifier, rows[:1], options={id(classifier): {"zipmap": False}})
    (folder / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    accuracy = classifier.score(held_out_rows, held_out_labels)
    (folder / "README.md").write_text(README.format(trees=trees, accuracy=accuracy))
    shutil.copyfile(Path(__file__).with_name("requirements.txt"), folder / "requirements.txt")
    (folder / "predictions.json").write_text(to_json(predictions(folder)))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else 20)
