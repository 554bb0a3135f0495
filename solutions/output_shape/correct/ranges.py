# LEGRADE-CANARY solutions/output_shape/correct/ranges.py
def output_shape(size, kernel_size, stride=1, padding=0, dilation=1):
    def along(axis):
        n, k, s, p, d = (
            a[axis] if isinstance(a, (list, tuple)) else a
            for a in (size, kernel_size, stride, padding, dilation)
        )
        starts = range(-p, n + p - d * (k - 1), s)
        if len(starts) == 0:
            raise ValueError(f"axis {axis}: nothing fits")
        return len(starts)

    return [along(0), along(1)]
