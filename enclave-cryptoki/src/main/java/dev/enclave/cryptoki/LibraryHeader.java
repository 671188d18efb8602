package dev.enclave.cryptoki;

import com.sun.jna.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** For which machines a shared library is, by the first bytes of its file. */
final class LibraryHeader {

  /** More than any header is long that is read. */
  private static final int MOST = 4096;

  private static final int MOST_MACHINES = 16;

  private static final Map<Integer, String> ELF =
      Map.of(
          3,
          "x86",
          21,
          "ppc64",
          22,
          "s390x",
          40,
          "arm",
          62,
          "x86-64",
          183,
          "aarch64",
          243,
          "riscv64",
          258,
          "loongarch64");

  private static final Map<Integer, String> MACH_O =
      Map.of(7, "x86", 0x01000007, "x86-64", 0x0100000c, "aarch64");

  private static final Map<Integer, String> PE =
      Map.of(0x14c, "x86", 0x8664, "x86-64", 0xaa64, "aarch64");

  private LibraryHeader() {}

  /** Such as "ELF x86-64", several of a universal binary, or none if the file is no library. */
  static Set<String> machines(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return machines(in.readNBytes(MOST));
    } catch (IOException e) {
      return Set.of();
    }
  }

  static Set<String> machines(byte[] start) {
    ByteBuffer in = ByteBuffer.wrap(start);
    try {
      return switch (in.getInt(0)) {
        case 0x7f454c46 -> Set.of(elf(in.order(order(start[5] == 2))));
        case 0xcffaedfe, 0xcefaedfe -> Set.of(machO(in.order(order(false)).getInt(4)));
        case 0xcafebabe -> universal(in);
        default -> start[0] == 'M' && start[1] == 'Z' ? pe(in.order(order(false))) : Set.of();
      };
    } catch (IndexOutOfBoundsException e) {
      return Set.of();
    }
  }

  private static String elf(ByteBuffer in) {
    String machine = name(ELF, in.getShort(18) & 0xffff);
    boolean little = in.order() == ByteOrder.LITTLE_ENDIAN;
    return "ELF " + machine + (machine.equals("ppc64") && little ? "le" : "");
  }

  private static String machO(int type) {
    return "Mach-O " + name(MACH_O, type);
  }

  /** A class file of Java begins alike, with a version where the count is. */
  private static Set<String> universal(ByteBuffer in) {
    int count = in.getInt(4);
    Set<String> all = new TreeSet<>();
    for (int i = 0; i < count && count <= MOST_MACHINES; i++) {
      all.add(machO(in.getInt(8 + 20 * i)));
    }
    return all;
  }

  private static Set<String> pe(ByteBuffer in) {
    int header = in.getInt(0x3c);
    return in.getInt(header) == 0x4550
        ? Set.of("PE " + name(PE, in.getShort(header + 4) & 0xffff))
        : Set.of();
  }

  private static ByteOrder order(boolean big) {
    return big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
  }

  private static String name(Map<Integer, String> names, int machine) {
    return names.getOrDefault(machine, "0x" + Integer.toHexString(machine));
  }

  /** The same of what this JVM can load. */
  static String ofThisJvm() {
    String format = Platform.isWindows() ? "PE " : Platform.isMac() ? "Mach-O " : "ELF ";
    return format + (Platform.ARCH.startsWith("arm") ? "arm" : Platform.ARCH);
  }
}
