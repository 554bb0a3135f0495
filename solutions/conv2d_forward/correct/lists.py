# LEGRADE-CANARY solutions/conv2d_forward/correct/lists.py
import numpy as np


def conv2d_forward(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    sh, sw = [stride] * 2 if isinstance(stride, int) else stride
    ph, pw = [padding] * 2 if isinstance(padding, int) else padding
    dh, dw = [dilation] * 2 if isinstance(dilation, int) else dilation
    F, CG, KH, KW = w.shape
    result = []
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    for image in padded:
        maps = []
        for f in range(F):
            g = f // (F // groups)
            share = image[g * CG : (g + 1) * CG]
            rows = []
            for i in range(0, image.shape[1] - dh * (KH - 1), sh):
                row = []
                for j in range(0, image.shape[2] - dw * (KW - 1), sw):
                    window = share[:, i : i + dh * (KH - 1) + 1 : dh, j : j + dw * (KW - 1) + 1 : dw]
                    row.append(float((window * w[f]).sum() + (b[f] if b is not None else 0.0)))
                rows.append(row)
            maps.append(rows)
        result.append(maps)
    return result
