# LEGRADE-CANARY solutions/output_shape/correct/steps_back.py
# features: padding, stride
class NoRoomError(ValueError):
    pass


def output_shape(size, kernel_size, stride=1, padding=0, dilation=1):
    if isinstance(size, int):
        size = (size, size)

    def positions(room):
        if room < kernel_size:
            return 0
        return 1 + positions(room - stride)

    shape = tuple(positions(n + 2 * padding) for n in size)
    if 0 in shape:
        raise NoRoomError(shape)
    return shape
