package dev.enclave.cryptoki;

import com.sun.jna.Platform;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** For which machines a shared library is, by the first bytes of its file. */
final class LibraryHeader {

  /** By the numbers of ELF (e_machine), Mach-O (cputype) and PE (Machine), which do not overlap. */
  private static final Map<Integer, String> MACHINES =
      Map.ofEntries(
          Map.entry(3, "x86"),
          Map.entry(21, "ppc64le"),
          Map.entry(22, "s390x"),
          Map.entry(40, "arm"),
          Map.entry(62, "x86-64"),
          Map.entry(183, "aarch64"),
          Map.entry(243, "riscv64"),
          Map.entry(258, "loongarch64"),
          Map.entry(0x01000007, "x86-64"),
          Map.entry(0x0100000c, "aarch64"),
          Map.entry(0x8664, "x86-64"),
          Map.entry(0xaa64, "aarch64"));

  private LibraryHeader() {}

  /** Such as "ELF x86-64", several of a universal binary, or none if the file is no library. */
  static Set<String> machines(byte[] start) {
    ByteBuffer in = ByteBuffer.wrap(start);
    try {
      int magic = in.getInt(0);
      if (magic == 0xcafebabe) {
        return universal(in);
      }
      boolean isBig = magic == 0x7f454c46 && in.get(5) == 2;
      in.order(isBig ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
      if (magic == 0x7f454c46) {
        return Set.of("ELF " + name(in.getShort(18) & 0xffff));
      } else if (magic == 0xcffaedfe) {
        return Set.of("Mach-O " + name(in.getInt(4)));
      }
      int header = magic >>> 16 == 0x4d5a ? in.getInt(0x3c) : 0;
      return header > 0 && in.getInt(header) == 0x4550
          ? Set.of("PE " + name(in.getShort(header + 4) & 0xffff))
          : Set.of();
    } catch (IndexOutOfBoundsException e) {
      return Set.of();
    }
  }

  /** Of Mach-O. A class file of Java begins alike, with its version where the count is. */
  private static Set<String> universal(ByteBuffer in) {
    Set<String> all = new TreeSet<>();
    for (int i = 0; i < in.getInt(4); i++) {
      all.add("Mach-O " + name(in.getInt(8 + 20 * i)));
    }
    return all;
  }

  private static String name(int machine) {
    return MACHINES.getOrDefault(machine, "0x" + Integer.toHexString(machine));
  }

  /** The same of what this JVM can load. */
  static String ofThisJvm() {
    return (Platform.isWindows() ? "PE " : Platform.isMac() ? "Mach-O " : "ELF ") + Platform.ARCH;
  }
}
