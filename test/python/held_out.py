"""The iris data set, split the same way every time, and the predictions of both files of a model folder on it."""

import json
from pathlib import Path

import joblib
import numpy
import onnxruntime
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split

SEED = 7


def split():
    """Returns training rows, held-out rows, training labels and held-out labels."""
    data = load_iris()
    return train_test_split(
        data.data.astype(numpy.float32), data.target, test_size=0.3, random_state=SEED, stratify=data.target
    )


def predictions(folder: Path) -> dict:
    """Loads model.joblib and model.onnx of the folder and lets each predict the held-out rows."""
    _, rows, _, _ = split()
    classifier = joblib.load(folder / "model.joblib")
    session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    labels, probabilities = session.run(None, {session.get_inputs()[0].name: rows})
    return {
        "joblib": {
            "labels": classifier.predict(rows).tolist(),
            "probabilities": classifier.predict_proba(rows).tolist(),
        },
        "onnx": {"labels": labels.tolist(), "probabilities": probabilities.tolist()},
    }


def to_json(value: dict) -> str:
    return json.dumps(value, indent=1, sort_keys=True) + "\n"
