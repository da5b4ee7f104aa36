"""The way from a video to crossings as one writes it in Python: OpenCV, onnxruntime, trackers, supervision, each at its defaults.

    python3 supervision_pipeline.py VIDEO YOLOX.onnx PICTURES

Prints one line of JSON: {"frames": n, "seconds": s, "in": n, "out": n}, the time of the last PICTURES - 20 of them.
"""

import json
import sys
import time

import cv2
import numpy as np
import onnxruntime as ort
import supervision as sv
from trackers import ByteTrackTracker

WARM_UP = 20
MIN_SCORE, NMS_IOU = 0.1, 0.6


def letterbox(picture, side):
    scale = min(side / picture.shape[0], side / picture.shape[1])
    small = cv2.resize(picture, (round(picture.shape[1] * scale), round(picture.shape[0] * scale)))
    frame = np.full((side, side, 3), 114, np.uint8)
    frame[: small.shape[0], : small.shape[1]] = small
    return frame.transpose(2, 0, 1)[None].astype(np.float32), scale


def grids_of(side):
    cells = [np.stack(np.meshgrid(np.arange(side // s), np.arange(side // s)), 2).reshape(-1, 2) for s in (8, 16, 32)]
    strides = np.concatenate([np.full((len(c), 1), s) for c, s in zip(cells, (8, 16, 32))])
    return np.concatenate(cells), strides


def persons(rows, scale, grid, stride):
    scores = rows[:, 4] * rows[:, 5]
    keep = scores >= MIN_SCORE
    centre = (rows[keep, :2] + grid[keep]) * stride[keep]
    size = np.exp(rows[keep, 2:4]) * stride[keep]
    boxes = np.concatenate([centre - size / 2, centre + size / 2], 1) / scale
    found = sv.Detections(xyxy=boxes, confidence=scores[keep], class_id=np.zeros(keep.sum(), int))
    return found.with_nms(NMS_IOU)


def main(video, model, most):
    session = ort.InferenceSession(model, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    side = session.get_inputs()[0].shape[2]
    grid, stride = grids_of(side)
    capture = cv2.VideoCapture(video)
    tracker = ByteTrackTracker(frame_rate=10)
    width, height = capture.get(cv2.CAP_PROP_FRAME_WIDTH), capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
    line = sv.LineZone(sv.Point(width / 2, 0), sv.Point(width / 2, height))
    frames, start = 0, 0.0
    while frames < int(most):
        read, picture = capture.read()
        if not read:
            break
        if frames == WARM_UP:
            start = time.perf_counter()
        tensor, scale = letterbox(picture, side)
        found = persons(session.run(None, {name: tensor})[0][0], scale, grid, stride)
        line.trigger(tracker.update(found))
        frames += 1
    seconds = time.perf_counter() - start
    print(json.dumps({"frames": frames - WARM_UP, "seconds": seconds, "in": line.in_count, "out": line.out_count}))


main(*sys.argv[1:4])
