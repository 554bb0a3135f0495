# LEGRADE-CANARY solutions/conv2d_1x1_as_dense/correct/lists.py
def conv2d_1x1_as_dense(x, w, b=None):
    N, C, H, W = x.shape
    F = w.shape[0]
    return [
        [
            [
                [
                    sum(float(x[n, c, i, j]) * float(w[f, c, 0, 0]) for c in range(C))
                    + (0.0 if b is None else float(b[f]))
                    for j in range(W)
                ]
                for i in range(H)
            ]
            for f in range(F)
        ]
        for n in range(N)
    ]
