"""The guest: a kernel of the distribution and a file system in memory with the programs under test."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile

GUEST = pathlib.Path(__file__).resolve().parent.parent / "guest"

# Kernel modules in the order of their dependencies; modprobe in the guest finds what needs what.
MODULES = (
    "drivers/virtio/virtio",
    "drivers/virtio/virtio_ring",
    "drivers/virtio/virtio_pci_legacy_dev",
    "drivers/virtio/virtio_pci_modern_dev",
    "drivers/virtio/virtio_pci",
    "drivers/block/virtio_blk",
    "drivers/char/virtio_console",
    "drivers/watchdog/watchdog",
    "drivers/watchdog/i6300esb",
    "drivers/watchdog/softdog",
)

C_PROGRAMS = ("sanlock", "wdmd")
JAVA_MODULES = "java.base,java.logging,java.management,java.naming,jdk.management,jdk.unsupported"
JAVA_HOME = "/opt/java"
TREE = "/opt/sanlockd"


class Image:
    """Paths of kernel and initial file system, made by build()."""

    def __init__(self, kernel, initrd, release):
        self.kernel = kernel
        self.initrd = initrd
        self.release = release


def build(directory, packages, tree, java_home):
    """Makes the image in the directory from the relocatable tree and the JDK at java_home.

    The kernel's package is loaded once and kept in the directory packages.
    """
    root = directory / "root"
    _skeleton(root)
    kernel, release = _kernel(directory, packages, root)
    for name in C_PROGRAMS:
        _program(shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin"), root)
    _java(java_home, root)
    shutil.copytree(tree, root / TREE[1:], symlinks=True)
    _class_data(root)
    return Image(kernel, _pack(directory, root), release)


def _skeleton(root):
    for name in ("bin", "dev", "etc", "proc", "run", "sys", "tmp", "usr/local/bin", "var/log", "root"):
        (root / name).mkdir(parents=True)
    (root / "tmp").chmod(0o1777)
    busybox = shutil.which("busybox")
    shutil.copy(busybox, root / "bin/busybox")
    for applet in subprocess.check_output([busybox, "--list"], text=True).split():
        if applet != "busybox":
            (root / "bin" / applet).symlink_to("busybox")
    (root / "sbin").symlink_to("bin")
    for name in ("inittab", "boot", "agent"):
        shutil.copy(GUEST / name, root / "etc" / name)
    shutil.copy(GUEST / "user", root / "bin/user")
    (root / "etc/passwd").write_text("root::0:0::/root:/bin/sh\nsanlock::179:179::/run:/bin/false\n")
    (root / "etc/group").write_text("root::0:\nsanlock::179:\n")


def _kernel(directory, packages, root):
    """Takes kernel and modules out of the distribution's package, which is not installed."""
    shown = subprocess.check_output(["apt-cache", "depends", "linux-image-amd64"], text=True)
    package = re.search(r"Depends: (linux-image-\d\S+)", shown).group(1)
    packages.mkdir(parents=True, exist_ok=True)
    found = sorted(packages.glob(f"{package}_*.deb"))
    if not found:
        subprocess.run(["apt-get", "-q", "download", package], cwd=packages, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        found = sorted(packages.glob(f"{package}_*.deb"))
    unpacked = directory / "kernel"
    subprocess.run(["dpkg-deb", "-x", found[-1], unpacked], check=True)
    release = package.removeprefix("linux-image-")
    modules = f"lib/modules/{release}"
    for name in MODULES:
        source = unpacked / modules / "kernel" / f"{name}.ko"
        target = root / modules / "kernel" / f"{name}.ko"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    for name in ("modules.order", "modules.builtin"):
        shutil.copy(unpacked / modules / name, root / modules / name)
    subprocess.run(["busybox", "depmod", "-b", root, release], check=True)
    return unpacked / f"boot/vmlinuz-{release}", release


def _program(path, root):
    """Copies a program with the libraries it is linked to."""
    _copy(path, root)
    for library in re.findall(r"(/\S+) \(0x", subprocess.check_output(["ldd", path], text=True)):
        _copy(library, root)


def _copy(path, root):
    target = root / path.lstrip("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        shutil.copy(path, target)


def _java(java_home, root):
    java = root / JAVA_HOME[1:]
    subprocess.run([f"{java_home}/bin/jlink", "--add-modules", JAVA_MODULES, "--strip-debug",
                    "--no-header-files", "--no-man-pages", "--output", java], check=True)
    for program in [java / "bin/java", *(java / "lib").glob("*.so"), *(java / "lib/server").glob("*.so")]:
        listed = subprocess.check_output(["ldd", program], text=True)
        for library in re.findall(r"(/\S+) \(0x", listed):
            if not library.startswith(str(root)):
                _copy(library, root)
    (root / "usr/local/bin/java").symlink_to(f"{JAVA_HOME}/bin/java")


def _class_data(root):
    """Archives of loaded classes are bound to the JVM, so they are made inside of the root.

    Without them all works, but the JVMs take twice as long to start in an emulated processor.
    """
    script = f"""
        mount --bind /dev {root}/dev && mount -t proc proc {root}/proc &&
        exec env -i PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin chroot {root} /bin/sh -c '
        java -Xshare:dump >/tmp/dump.log 2>&1 || {{ cat /tmp/dump.log; exit 1; }}
        {TREE}/bin/sanlock-cds && rm -rf /tmp/*'"""
    result = subprocess.run(["unshare", "--mount", "--pid", "--fork", "sh", "-c", script],
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if result.returncode:
        print("No class-data archives, the JVMs will start slowly: " + result.stdout.strip())


def _pack(directory, root):
    initrd = directory / "initrd"
    with tempfile.TemporaryFile() as names, open(initrd, "wb") as packed:
        for path in [root, *sorted(root.rglob("*"))]:
            names.write(b"./" + os.fsencode(path.relative_to(root)) + b"\0")
        names.seek(0)
        subprocess.run(["cpio", "--quiet", "--null", "-o", "-H", "newc", "-R", "0:0"], cwd=root, stdin=names,
                       stdout=packed, check=True)
    return initrd
