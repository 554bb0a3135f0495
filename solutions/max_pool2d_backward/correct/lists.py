# LEGRADE-CANARY solutions/max_pool2d_backward/correct/lists.py
def max_pool2d_backward(dout, x, kernel_size, stride=None, padding=0):
    stride = stride if stride is not None else kernel_size
    kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    N, C, H, W = x.shape
    x = x.tolist()
    dx = [[[[0.0] * W for _ in range(H)] for _ in range(C)] for _ in range(N)]
    for n in range(N):
        for c in range(C):
            for i, row in enumerate(dout[n, c].tolist()):
                for j, gradient in enumerate(row):
                    pixels = [
                        (x[n][c][p][q], p, q)
                        for p in range(max(i * sh - ph, 0), min(i * sh - ph + kh, H))
                        for q in range(max(j * sw - pw, 0), min(j * sw - pw + kw, W))
                    ]
                    _, p, q = max(pixels)
                    dx[n][c][p][q] += gradient
    return dx
