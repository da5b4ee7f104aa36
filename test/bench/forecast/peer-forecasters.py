"""Forecasts of libraries from PyPI (statsforecast, prophet) at their defaults, for `npm run bench:forecast -- peers`.

In (JSON on stdin): {"from": date, "series": [[count | null, ...], ...] by date, "origins": [dates before the forecast],
"horizon": dates, "holidays": [[date, name], ...]}. Out, a line of JSON each: {"model", "series", "origin", "ms" of the processor, "yhat"};
without yhat where the library failed.
"""

import json
import logging
import os
import sys
import warnings

import numpy as np
import pandas as pd
from prophet import Prophet
from statsforecast.models import MSTL, AutoETS, AutoTheta

WEEK = 7

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)


def filled(counts):
    """Linear in gaps, from the first known date on: none of statsforecast's models takes a gap."""
    series = pd.Series(counts, dtype=float)
    return series.loc[series.first_valid_index() :].interpolate(limit_direction="both").to_numpy()


def by_statsforecast(make):
    return lambda counts, ask: make().forecast(y=filled(counts), h=ask["horizon"])["mean"]


def by_prophet(counts, ask):
    dates = pd.date_range(ask["from"], periods=len(counts) + ask["horizon"])
    holidays = pd.DataFrame([{"ds": pd.Timestamp(date), "holiday": name} for date, name in ask["holidays"]])
    model = Prophet(holidays=holidays if len(holidays) else None, uncertainty_samples=0)
    model.fit(pd.DataFrame({"ds": dates[: len(counts)], "y": counts}).dropna())
    return model.predict(pd.DataFrame({"ds": dates[len(counts) :]}))["yhat"].to_numpy()


PEERS = {
    "AutoETS": by_statsforecast(lambda: AutoETS(season_length=WEEK)),
    "AutoTheta": by_statsforecast(lambda: AutoTheta(season_length=WEEK)),
    "MSTL": by_statsforecast(lambda: MSTL(season_length=WEEK)),
    "Prophet": by_prophet,
}


def processor_ms():
    """With children: Prophet fits in one."""
    return 1000 * sum(os.times()[:4])


def main():
    ask = json.load(sys.stdin)
    panel = [np.array([np.nan if value is None else value for value in counts], dtype=float) for counts in ask["series"]]
    for name, forecast in PEERS.items():
        # What is compiled or loaded once is nobody's forecast.
        forecast(panel[0][: ask["origins"][-1]], ask)
        for origin in ask["origins"]:
            for series, counts in enumerate(panel):
                known = counts[:origin]
                if np.count_nonzero(~np.isnan(known)) == 0:
                    continue
                start = processor_ms()
                answer = {"model": name, "series": series, "origin": origin}
                try:
                    yhat = np.maximum(0, np.asarray(forecast(known, ask), dtype=float))
                    if np.isfinite(yhat).all():
                        answer["yhat"] = yhat.tolist()
                except Exception as error:
                    print(f"{name} {series} {origin}: {error}", file=sys.stderr)
                print(json.dumps({**answer, "ms": processor_ms() - start}), flush=True)


main()
