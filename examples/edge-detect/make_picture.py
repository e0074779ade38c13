#!/usr/bin/env python3
"""Renders the picture that the edge-detection example filters: a colonnade by the sea.

A small ray tracer (planes, boxes, fluted cylinders, spheres; one sun, hard shadows, one mirror
bounce) with no input and no randomness but a hash, so that every run writes the same pixels.

    examples/edge-detect/make_picture.py examples/edge-detect/scene.png     (some minutes)
"""

import math
import struct
import sys
import zlib

WIDTH, HEIGHT = 1280, 960
EYE = (0.45, 1.65, -6.6)
FOCAL = 1.5  # half the picture's height is 1/FOCAL at distance one
YAW, PITCH = -0.035, 0.045
SUN = (-0.53, 0.62, -0.578)
FAR = 1e9


def noise(x: float, y: float) -> float:
    """Value noise in [0, 1): a hash at whole coordinates, smoothly interpolated."""
    ix, iy = math.floor(x), math.floor(y)
    fx, fy = x - ix, y - iy
    fx, fy = fx * fx * (3 - 2 * fx), fy * fy * (3 - 2 * fy)
    a, b = lattice(ix, iy), lattice(ix + 1, iy)
    c, d = lattice(ix, iy + 1), lattice(ix + 1, iy + 1)
    return a + (b - a) * fx + (c - a) * fy + (a - b - c + d) * fx * fy


def lattice(ix: int, iy: int) -> float:
    """A repeatable number in [0, 1) for a whole coordinate."""
    h = (ix * 374761393 + iy * 668265263) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 1274126177) & 0xFFFFFFFF
    return ((h ^ (h >> 16)) & 0xFFFF) / 65536


def fractal(x: float, y: float, octaves: int) -> float:
    """Noise summed over octaves, in [0, 1)."""
    total, weight, scale = 0.0, 0.5, 1.0
    for _ in range(octaves):
        total += weight * noise(x * scale, y * scale)
        weight, scale = weight / 2, scale * 2
    return total


class Box:
    """An axis-parallel box with a colour."""

    def __init__(self, low, high, colour):
        self.low, self.high, self.colour, self.mirror = low, high, colour, 0.0

    def hit(self, origin, inverse):
        near, far = 1e-4, FAR
        for axis in (0, 1, 2):
            a = (self.low[axis] - origin[axis]) * inverse[axis]
            b = (self.high[axis] - origin[axis]) * inverse[axis]
            if a > b:
                a, b = b, a
            if a > near:
                near = a
            if b < far:
                far = b
            if near >= far:
                return FAR
        return near if near > 1e-3 else FAR

    def surface(self, point):
        for axis in (0, 1, 2):
            for bound, sign in ((self.low[axis], -1.0), (self.high[axis], 1.0)):
                if abs(point[axis] - bound) < 2e-4:
                    normal = [0.0, 0.0, 0.0]
                    normal[axis] = sign
                    return tuple(normal), stained(self.colour, point)
        return (0.0, 1.0, 0.0), self.colour


class Column:
    """An upright fluted cylinder standing on y = `foot`."""

    def __init__(self, x, z, radius, foot, top, colour):
        self.x, self.z, self.radius, self.foot, self.top = x, z, radius, foot, top
        self.colour, self.mirror = colour, 0.0

    def hit_ray(self, origin, ray):
        ox, oz = origin[0] - self.x, origin[2] - self.z
        a = ray[0] * ray[0] + ray[2] * ray[2]
        b = ox * ray[0] + oz * ray[2]
        root = b * b - a * (ox * ox + oz * oz - self.radius * self.radius)
        if root <= 0 or a == 0:
            return FAR
        t = (-b - math.sqrt(root)) / a
        if t < 1e-3:
            return FAR
        y = origin[1] + t * ray[1]
        return t if self.foot < y < self.top else FAR

    def surface(self, point):
        nx, nz = (point[0] - self.x) / self.radius, (point[2] - self.z) / self.radius
        angle = math.atan2(nz, nx)
        # Twenty flutes: the normal swings, the depth of the groove darkens.
        swing = 0.55 * math.sin(20 * angle)
        normal = unit((nx - nz * swing, 0.0, nz + nx * swing))
        depth = 0.86 + 0.14 * math.cos(20 * angle)
        return normal, scaled(stained(self.colour, point), depth)


class Sphere:
    """A ball; `mirror` of its light is reflection."""

    def __init__(self, centre, radius, colour, mirror):
        self.centre, self.radius, self.colour, self.mirror = centre, radius, colour, mirror

    def hit_ray(self, origin, ray):
        o = [origin[i] - self.centre[i] for i in (0, 1, 2)]
        b = o[0] * ray[0] + o[1] * ray[1] + o[2] * ray[2]
        root = b * b - (o[0] * o[0] + o[1] * o[1] + o[2] * o[2] - self.radius * self.radius)
        if root <= 0:
            return FAR
        t = -b - math.sqrt(root)
        return t if t > 1e-3 else FAR

    def surface(self, point):
        normal = tuple((point[i] - self.centre[i]) / self.radius for i in (0, 1, 2))
        return normal, self.colour


def unit(v):
    length = math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2])
    return (v[0] / length, v[1] / length, v[2] / length)


def scaled(colour, factor):
    return (colour[0] * factor, colour[1] * factor, colour[2] * factor)


def mixed(a, b, share):
    return tuple(a[i] + (b[i] - a[i]) * share for i in (0, 1, 2))


def stained(colour, point):
    """Weathering: broad, faint, and the same whichever face it is on."""
    return scaled(colour, 0.90 + 0.16 * noise(point[0] * 2.1 + point[1] * 1.3, point[2] * 2.1 - point[1] * 1.7))


STONE = (0.86, 0.80, 0.70)
MARBLE = (0.90, 0.88, 0.84)


def scene():
    """All solid things, boxes apart because their test takes another form of the ray."""
    boxes, others = [], []
    for side in (-3.1, 3.1):
        for row in range(6):
            z = 0.2 + 3.4 * row
            boxes.append(Box((side - 0.62, 0.0, z - 0.62), (side + 0.62, 0.30, z + 0.62), STONE))
            others.append(Column(side, z, 0.44, 0.30, 3.9, MARBLE))
            boxes.append(Box((side - 0.58, 3.9, z - 0.58), (side + 0.58, 4.22, z + 0.58), STONE))
        boxes.append(Box((side - 0.52, 4.22, -1.2), (side + 0.52, 4.85, 18.6), MARBLE))
        boxes.append(Box((side - 0.72, 4.85, -1.5), (side + 0.72, 5.05, 18.9), STONE))
    for step in range(3):
        boxes.append(Box((-1.7 + 0.25 * step, 0.18 * step, 8.6 + 0.4 * step), (1.7 - 0.25 * step, 0.18 * (step + 1), 11.6 - 0.4 * step), STONE))
    boxes.append(Box((-0.42, 0.54, 9.7), (0.42, 1.75, 10.5), MARBLE))
    others.append(Sphere((0.0, 2.33, 10.1), 0.58, (0.93, 0.76, 0.38), 0.45))
    others.append(Sphere((1.35, 0.62, 2.1), 0.62, (0.75, 0.16, 0.12), 0.12))
    others.append(Sphere((-1.25, 0.45, 0.6), 0.45, (0.80, 0.84, 0.90), 0.72))
    boxes.append(Box((-2.0, 0.0, 3.2), (-1.0, 0.85, 4.2), (0.46, 0.30, 0.18)))
    boxes.append(Box((-1.85, 0.85, 3.35), (-1.2, 1.4, 4.0), (0.23, 0.37, 0.45)))
    return boxes, others


BOXES, OTHERS = scene()
SHORE = 19.5  # the terrace ends here; beyond lies the sea


def nearest(origin, ray):
    """The first solid thing on the ray and its distance."""
    inverse = tuple(1 / r if abs(r) > 1e-12 else 1e12 for r in ray)
    best, thing = FAR, None
    for box in BOXES:
        t = box.hit(origin, inverse)
        if t < best:
            best, thing = t, box
    for other in OTHERS:
        t = other.hit_ray(origin, ray)
        if t < best:
            best, thing = t, other
    return best, thing


def sky(ray):
    """Gradient, clouds, three ranges of hills, the sun's glow."""
    height = max(ray[1], 0.0)
    colour = mixed((0.86, 0.89, 0.93), (0.22, 0.45, 0.80), min(1.0, height * 1.9) ** 0.75)
    if height > 0.02:
        cloud = fractal(ray[0] / (height + 0.12) * 0.9 + 5, ray[2] / (height + 0.12) * 0.9, 5)
        colour = mixed(colour, (0.97, 0.97, 0.96), max(0.0, min(1.0, (cloud - 0.48) * 5)) * 0.85)
    azimuth = math.atan2(ray[0], ray[2])
    for layer, (scale, tall, shade) in enumerate(((5, 0.17, (0.55, 0.63, 0.74)), (9, 0.115, (0.37, 0.46, 0.54)), (14, 0.065, (0.20, 0.29, 0.27)))):
        ridge = tall * (0.35 + 1.1 * abs(fractal(azimuth * scale + 11 * layer, layer * 3.7, 5) - 0.35))
        if ray[1] < ridge:
            colour = scaled(shade, 0.92 + 0.16 * noise(azimuth * 90, ray[1] * 160 + layer))
    return colour


def ground(point, ray, distance):
    """Stone slabs on the terrace, the sea beyond; colour and how much of it is reflection."""
    x, z = point[0], point[2]
    if z < SHORE and abs(x) < 9:
        u, v = x / 1.1, z / 1.1
        row = math.floor(v)
        u += 0.5 * (row & 1)
        fu, fv = u - math.floor(u), v - row
        joint = min(fu, 1 - fu, fv, 1 - fv)
        if joint < 0.018 + 0.0009 * distance and distance < 45:
            return (0.30, 0.27, 0.24), 0.0
        tone = 0.62 + 0.26 * lattice(math.floor(u), row) + 0.10 * noise(x * 3, z * 3)
        return scaled((0.93, 0.84, 0.72), tone), 0.06
    if z < SHORE:
        return scaled((0.36, 0.45, 0.20), 0.75 + 0.4 * fractal(x * 1.5, z * 1.5, 3)), 0.0
    wave = fractal(x * 0.35, z * 0.12, 3)
    return mixed((0.05, 0.22, 0.34), (0.16, 0.42, 0.52), wave), 0.5


def colour_of(origin, ray, bounces):
    """Light along a ray, linear."""
    distance, thing = nearest(origin, ray)
    level = -origin[1] / ray[1] if ray[1] < -1e-6 else FAR
    if level < distance and level > 1e-3:
        distance = level
        point = (origin[0] + ray[0] * level, 0.0, origin[2] + ray[2] * level)
        base, mirror = ground(point, ray, level)
        normal = (0.0, 1.0, 0.0)
    elif thing is not None:
        point = tuple(origin[i] + ray[i] * distance for i in (0, 1, 2))
        normal, base = thing.surface(point)
        mirror = thing.mirror
    else:
        return sky(ray)
    facing = max(0.0, normal[0] * SUN[0] + normal[1] * SUN[1] + normal[2] * SUN[2])
    if facing > 0 and nearest(tuple(point[i] + normal[i] * 2e-3 for i in (0, 1, 2)), SUN)[1] is not None:
        facing = 0.0
    ambient = 0.27 + 0.13 * normal[1]
    lit = tuple(base[i] * (ambient * tint + 1.02 * facing * warm) for i, tint, warm in ((0, 0.88, 1.08), (1, 0.97, 1.0), (2, 1.16, 0.86)))
    if mirror and bounces:
        along = 2 * (ray[0] * normal[0] + ray[1] * normal[1] + ray[2] * normal[2])
        bounced = tuple(ray[i] - along * normal[i] for i in (0, 1, 2))
        start = tuple(point[i] + normal[i] * 2e-3 for i in (0, 1, 2))
        lit = mixed(lit, colour_of(start, unit(bounced), bounces - 1), mirror)
    haze = 1 - math.exp(-distance / 160)
    return mixed(lit, (0.74, 0.81, 0.88), haze)


def primary(x: float, y: float):
    """Ray through a point of the picture, in pixels."""
    u = (2 * x - WIDTH) / HEIGHT / FOCAL
    v = (HEIGHT - 2 * y) / HEIGHT / FOCAL
    cp, sp, cy, sy = math.cos(PITCH), math.sin(PITCH), math.cos(YAW), math.sin(YAW)
    y1, z1 = v * cp + sp, cp - v * sp
    return unit((u * cy + z1 * sy, y1, z1 * cy - u * sy))


def differ(a, b) -> bool:
    return abs(a[0] - b[0]) + abs(a[1] - b[1]) + abs(a[2] - b[2]) > 0.14


def render():
    """Rows of linear colours; edges are sampled five times."""
    rows = []
    for y in range(HEIGHT):
        rows.append([colour_of(EYE, primary(x + 0.5, y + 0.5), 1) for x in range(WIDTH)])
        if y % 96 == 95:
            print(f"{100 * (y + 1) // HEIGHT} %", file=sys.stderr)
    smooth = [row[:] for row in rows]
    for y in range(HEIGHT - 1):
        for x in range(WIDTH - 1):
            here = rows[y][x]
            if differ(here, rows[y][x + 1]) or differ(here, rows[y + 1][x]):
                samples = [colour_of(EYE, primary(x + dx, y + dy), 1) for dx, dy in ((0.3, 0.2), (0.8, 0.3), (0.2, 0.7), (0.7, 0.8))]
                smooth[y][x] = tuple((here[i] + sum(s[i] for s in samples)) / 5 for i in (0, 1, 2))
    return smooth


def byte(value: float) -> int:
    """Linear light to an sRGB-like byte with a soft shoulder."""
    value = value / (1 + 0.18 * value * value)
    return max(0, min(255, round(255 * max(value, 0.0) ** 0.72)))


def write_png(path, rows):
    """RGB, eight bits; each row under the filter that leaves the smallest differences."""
    previous = bytes(3 * WIDTH)
    packed = bytearray()
    for row in rows:
        line = bytes(byte(channel) for pixel in row for channel in pixel)
        left = bytes(3) + line[:-3]
        sub = bytes((a - b) & 255 for a, b in zip(line, left))
        up = bytes((a - b) & 255 for a, b in zip(line, previous))
        average = bytes((a - (b + c) // 2) & 255 for a, b, c in zip(line, left, previous))
        choices = ((1, sub), (2, up), (3, average))
        kind, data = min(choices, key=lambda choice: sum(min(v, 256 - v) for v in choice[1]))
        packed += bytes((kind,)) + data
        previous = line

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(packed), 9)) + chunk(b"IEND", b""))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    write_png(sys.argv[1], render())
