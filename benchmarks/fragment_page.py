"""The page that Streamlit's own means would make of linear regression: a fragment with four keyed charts, four times a second.

`PAGE` is a whole script. It shows the first `k` of 1000 recorded epochs, 60 more every second, and trains nothing.
"""

PAGE = """
import time

import numpy as np
import plotly.graph_objects as go
import streamlit as st

EPOCHS = 1000
x = y = np.array([1.0, 2.0, 3.0])


@st.cache_data
def recorded():
    W = b = 0.0
    rows = []
    for _ in range(EPOCHS + 1):
        error = x * W + b - y
        rows.append((W, b, float((error**2).mean())))
        W, b = W - 0.02 * float((error * x).mean()), b - 0.02 * float(error.mean())
    axis = np.linspace(-0.5, 1.5, 41)
    loss = ((axis[None, :, None] * x + axis[:, None, None] - y) ** 2).mean(-1)
    return np.array(rows), axis, np.log10(loss + 1e-6)


@st.fragment(run_every=0.25)
def charts():
    rows, axis, height = recorded()
    k = int((time.time() - st.session_state.start) * 60) % EPOCHS + 1
    step, W, b, loss = np.arange(k), rows[:k, 0], rows[:k, 1], rows[:k, 2]
    ends = np.array([1.0, 3.0])
    columns = st.columns(2) + st.columns(2)
    figures = {
        "loss": [go.Scatter(x=step, y=loss)],
        "line": [go.Scatter(x=x, y=y, mode="markers"), go.Scatter(x=ends, y=W[-1] * ends + b[-1])],
        "parameters": [go.Scatter(x=step, y=W), go.Scatter(x=step, y=b)],
        "surface": [go.Contour(x=axis, y=axis, z=height), go.Scatter(x=W, y=b)],
    }
    for place, (key, traces) in zip(columns, figures.items()):
        place.plotly_chart(go.Figure(traces, {"height": 300, "title": {"text": key}}), key=key)


st.set_page_config(layout="wide")
st.session_state.setdefault("start", time.time())
charts()
"""
EMPTY = 'import streamlit as st\n\nst.write("Hello")\n'
