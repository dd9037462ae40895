"""Files of surfaces as other programs read them: trimesh (all five formats) and meshio (STL, OBJ, PLY).

    python surfaces.py FOLDER

FOLDER holds `expected.json` ({"parts": [{"name", "triangles", "areaMm2", "volumeMm3"}]}) and `two.stl`,
`two.obj`, `two.ply`, `two.glb`, `two.3mf`: the same parts in every format. Each must open, be watertight, with
triangles that face outwards, and have the area and volume that were said. `surfaces.mjs` runs it, and opens what these programs write into `theirs`.
"""

import json
import sys
from pathlib import Path

import meshio
import numpy as np
import trimesh

# Coordinates are 32-bit numbers, sums 64-bit: what differs more is another surface.
RELATIVE = 1e-5
METRES = {"glb": 1000.0}


def main():
    folder = Path(sys.argv[1])
    parts = json.loads((folder / "expected.json").read_text())["parts"]
    failures = []
    for ending in ("stl", "obj", "ply", "glb", "3mf"):
        path = folder / f"two.{ending}"
        found = [f"trimesh: {problem}" for problem in by_trimesh(path, ending, parts)]
        if ending in ("stl", "obj", "ply"):
            found += [f"meshio: {problem}" for problem in by_meshio(path, parts)]
        print(f"{ending}: {'; '.join(found) or 'opens, is watertight, area and volume agree'}")
        failures += found
    write_theirs(folder / "theirs")
    sys.exit(1 if failures else 0)


def by_trimesh(path, ending, parts):
    scene = trimesh.load(path, force="scene")
    meshes = []
    for node in scene.graph.nodes_geometry:
        matrix, name = scene.graph.get(node)
        mesh = scene.geometry[name].copy()
        mesh.apply_transform(matrix)
        mesh.apply_scale(METRES.get(ending, 1.0))
        meshes.append(mesh)
    # STL and PLY have no parts.
    if ending in ("glb", "3mf") and len(meshes) != len(parts):
        yield f"{len(meshes)} parts instead of {len(parts)}"
    for mesh in meshes:
        if not mesh.is_watertight:
            yield "is not watertight"
        if not mesh.is_winding_consistent:
            yield "triangles face to different sides"
    yield from compare(
        {
            "triangles": sum(len(mesh.faces) for mesh in meshes),
            "areaMm2": sum(mesh.area for mesh in meshes),
            "volumeMm3": sum(mesh.volume for mesh in meshes),
        },
        parts,
    )


def by_meshio(path, parts):
    mesh = meshio.read(path)
    faces = np.concatenate([cells.data for cells in mesh.cells if cells.type == "triangle"])
    # STL's corners are its own: those at one place are one.
    _, one = np.unique(np.asarray(mesh.points, dtype=np.float64), axis=0, return_inverse=True)
    one = one.reshape(-1)[faces]
    sides = np.concatenate([one[:, [0, 1]], one[:, [1, 2]], one[:, [2, 0]]])
    there = {tuple(side) for side in sides.tolist()}
    if len(there) != len(sides) or any((b, a) not in there for a, b in there):
        yield "is not watertight"
    a, b, c = (np.asarray(mesh.points, dtype=np.float64)[faces[:, k]] for k in range(3))
    normals = np.cross(b - a, c - a)
    yield from compare(
        {
            "triangles": len(faces),
            "areaMm2": float(np.linalg.norm(normals, axis=1).sum() / 2),
            "volumeMm3": float(np.einsum("ij,ij->", a, normals) / 6),
        },
        parts,
    )


def write_theirs(folder):
    """A ball as these programs write it, for ours to open: `surfaces.mjs` compares."""
    folder.mkdir()
    ball = trimesh.creation.icosphere(3, 10.0)
    ball.visual.vertex_colors = [200, 10, 30, 255]
    for name, options in {
        "trimesh.ply": {},
        "trimesh-text.ply": {"encoding": "ascii"},
        "trimesh.stl": {},
        "trimesh-text.stl": {"file_type": "stl_ascii"},
        "trimesh.obj": {},
        "trimesh.3mf": {},
    }.items():
        ball.export(folder / name, **options)
    # A GLB is in metres.
    ball.copy().apply_scale(0.001).export(folder / "trimesh.glb")
    mesh = meshio.Mesh(ball.vertices, [("triangle", ball.faces.astype(np.int32))])
    for name, options in {
        "meshio.ply": {"binary": True},
        "meshio-text.ply": {"binary": False},
        "meshio.stl": {"binary": True},
        "meshio-text.stl": {"binary": False},
        "meshio.obj": {},
    }.items():
        mesh.write(folder / name, **options)
    said = {"triangles": len(ball.faces), "areaMm2": ball.area, "volumeMl": ball.volume / 1000}
    (folder / "expected.json").write_text(json.dumps(said))


def compare(found, parts):
    for what, value in found.items():
        expected = sum(part[what] for part in parts)
        if abs(value - expected) > RELATIVE * abs(expected):
            yield f"{what} is {value}, but {expected} was said"


main()
