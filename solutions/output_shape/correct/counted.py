# LEGRADE-CANARY solutions/output_shape/correct/counted.py
def output_shape(size, kernel_size, stride=1, padding=0, dilation=1):
    two = lambda v: (v, v) if isinstance(v, int) else tuple(v)  # noqa: E731 -- as students write it
    counts = []
    for n, k, s, p, d in zip(*map(two, (size, kernel_size, stride, padding, dilation)), strict=True):
        start = count = 0
        while start + d * (k - 1) < n + 2 * p:
            count += 1
            start += s
        if not count:
            raise ValueError("the kernel is larger than the padded image")
        counts.append(count)
    return tuple(counts)
