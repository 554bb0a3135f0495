# LEGRADE-CANARY solutions/relu/mistakes/result-flattened.py
def relu(x):
    out = []
    for value in x.ravel():
        out.append(max(0.0, value))  # noqa: PERF401 -- as students write it
    return out
