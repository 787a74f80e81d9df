"""What scikit-learn makes of the cases on standard input: a JSON list of results, undefined ones left out."""

import json
import math
import sys
import warnings

import numpy as np
from sklearn import metrics as m

warnings.simplefilter("ignore")


def defined(results):
    return {name: float(value) for name, value in results.items() if not math.isnan(value)}


def ranked(truth, score, weight):
    result = {}
    if weight[truth].sum() > 0:
        result["average_precision"] = m.average_precision_score(truth, score, sample_weight=weight)
        if weight[~truth].sum() > 0:
            result["roc_auc"] = m.roc_auc_score(truth, score, sample_weight=weight)
    if score.min() >= 0 and score.max() <= 1:
        result["log_loss"] = m.log_loss(truth, score, sample_weight=weight, labels=[False, True])
    return result


def averaged(truth, predicted, weight, positive):
    result = {
        "accuracy": m.accuracy_score(truth, predicted, sample_weight=weight),
        "balanced_accuracy": m.balanced_accuracy_score(truth, predicted, sample_weight=weight),
        "mcc": m.matthews_corrcoef(truth, predicted, sample_weight=weight),
    }
    # Undefined where a side is one class only; scikit-learn says 0.
    if len(set(truth[weight > 0])) == 1 or len(set(predicted[weight > 0])) == 1:
        result["mcc"] = math.nan
    given = {"sample_weight": weight, "zero_division": np.nan}
    kinds = {"micro": "micro", "macro": "macro", "weighted": "weighted", positive: None}
    for kind, average in kinds.items():
        labels = [positive] if average is None else None
        values = m.precision_recall_fscore_support(truth, predicted, labels=labels, average=average, **given)
        for name, value in zip(("precision", "recall", "f1"), values):
            result[name if average is None else f"{name}_{kind}"] = value[0] if average is None else value
    # The mean over no rows at all; scikit-learn says the mean of the classes then.
    if not set(truth[weight > 0]) & set(predicted[weight > 0]):
        result["precision_weighted"] = math.nan
    return result


def regressed(target, estimate, weight):
    result = {
        "mae": m.mean_absolute_error(target, estimate, sample_weight=weight),
        "rmse": m.root_mean_squared_error(target, estimate, sample_weight=weight),
    }
    if len(set(target[weight > 0])) > 1:
        result["r2"] = m.r2_score(target, estimate, sample_weight=weight)
    return result


def answer(case):
    weight = np.array(case["weights"], dtype=float)
    if "targets" in case:
        return defined(regressed(np.array(case["targets"]), np.array(case["estimates"]), weight))
    truth = np.array(case["labels"])
    predicted = np.array(case["predictions"])
    result = averaged(truth, predicted, weight, case["positive"])
    result.update(ranked(truth == case["positive"], np.array(case["scores"]), weight))
    return defined(result)


json.dump([answer(case) for case in json.load(sys.stdin)], sys.stdout)
