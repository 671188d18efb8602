package dev.enclave.cryptoki;

import static dev.enclave.cryptoki.ModuleLoadException.Reason.NOT_A_LIBRARY;
import static dev.enclave.cryptoki.ModuleLoadException.Reason.NOT_LOADABLE;
import static dev.enclave.cryptoki.ModuleLoadException.Reason.NO_FILE;
import static dev.enclave.cryptoki.ModuleLoadException.Reason.NO_FUNCTION_LIST;
import static dev.enclave.cryptoki.ModuleLoadException.Reason.OTHER_MACHINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.jna.Platform;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are no PKCS#11 library of this machine, and what is said of each. */
class LoadTest {

  private static final int X86_64 = 62;
  private static final int AARCH64 = 183;

  @TempDir private Path folder = Path.of("");

  private ModuleLoadException refusal(Path file) {
    return catchThrowableOfType(ModuleLoadException.class, () -> CryptokiModule.open(file));
  }

  private Path file(byte[] content) throws IOException {
    return Files.write(folder.resolve("module.so"), content);
  }

  /** The head of an ELF file of 64 bits, and nothing behind it. */
  private static byte[] elf(int machine, ByteOrder order) {
    ByteBuffer head = ByteBuffer.allocate(64).order(order);
    head.put(
        new byte[] {0x7f, 'E', 'L', 'F', 2, (byte) (order == ByteOrder.BIG_ENDIAN ? 2 : 1), 1});
    return head.putShort(16, (short) 3).putShort(18, (short) machine).array();
  }

  private static byte[] little(int length, int... atAndValue) {
    ByteBuffer file = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < atAndValue.length; i += 2) {
      file.putInt(atAndValue[i], atAndValue[i + 1]);
    }
    return file.array();
  }

  @Test
  void saysThatAFileIsMissing() {
    Path missing = folder.resolve("missing.so");
    ModuleLoadException refusal = refusal(missing);
    assertThat(refusal.reason()).isEqualTo(NO_FILE);
    assertThat(refusal).hasMessageStartingWith("There is no file " + missing + ". Give the path");
  }

  @Test
  void saysThatAFileIsNoLibrary() throws IOException {
    ModuleLoadException refusal = refusal(file("slots = 1\n".getBytes(StandardCharsets.US_ASCII)));
    assertThat(refusal.reason()).isEqualTo(NOT_A_LIBRARY);
    assertThat(refusal).hasMessageContaining("module.so is no shared library.");
    assertThat(refusal(file(new byte[0])).reason()).isEqualTo(NOT_A_LIBRARY);
  }

  @Test
  void saysForWhichMachineALibraryIs() throws IOException {
    boolean isArm = Platform.ARCH.equals("aarch64");
    ModuleLoadException refusal =
        refusal(file(elf(isArm ? X86_64 : AARCH64, ByteOrder.LITTLE_ENDIAN)));
    assertThat(refusal.reason()).isEqualTo(OTHER_MACHINE);
    assertThat(refusal)
        .hasMessageContaining("is for ELF " + (isArm ? "x86-64" : "aarch64"))
        .hasMessageContaining(Platform.ARCH + ". Install the library for");
  }

  @Test
  void saysWhyALibraryForThisMachineDoesNotLoad() throws IOException {
    // On a Mac or Windows it is for another machine.
    boolean isArm = Platform.ARCH.equals("aarch64");
    ModuleLoadException refusal =
        refusal(file(elf(isArm ? AARCH64 : X86_64, ByteOrder.LITTLE_ENDIAN)));
    assertThat(refusal.reason()).isEqualTo(Platform.isLinux() ? NOT_LOADABLE : OTHER_MACHINE);
    if (Platform.isLinux()) {
      assertThat(refusal).hasMessageContaining("does not load: ");
    }
  }

  @Test
  void saysThatALibraryIsNotOfPkcs11() {
    Path ofTheJdk =
        Path.of(
            System.getProperty("java.home"),
            Platform.isWindows() ? "bin" : "lib",
            System.mapLibraryName("net"));
    assertThat(ofTheJdk).exists();
    ModuleLoadException refusal = refusal(ofTheJdk);
    assertThat(refusal.reason()).isEqualTo(NO_FUNCTION_LIST);
    assertThat(refusal).hasMessageContaining("has no C_GetFunctionList.");
  }

  @Test
  void knowsTheMachinesOfElf() {
    assertThat(LoadedLibrary.machines(elf(X86_64, ByteOrder.LITTLE_ENDIAN)))
        .containsExactly("ELF x86-64");
    assertThat(LoadedLibrary.machines(elf(AARCH64, ByteOrder.LITTLE_ENDIAN)))
        .containsExactly("ELF aarch64");
    assertThat(LoadedLibrary.machines(elf(22, ByteOrder.BIG_ENDIAN))).containsExactly("ELF s390x");
    assertThat(LoadedLibrary.machines(elf(0x1234, ByteOrder.LITTLE_ENDIAN)))
        .containsExactly("ELF 0x1234");
  }

  @Test
  void knowsTheMachinesOfMachO() {
    assertThat(LoadedLibrary.machines(little(32, 0, 0xfeedfacf, 4, 0x0100000c)))
        .containsExactly("Mach-O aarch64");
    ByteBuffer universal = ByteBuffer.allocate(64);
    universal.putInt(0xcafebabe).putInt(2).putInt(0x01000007).putInt(28, 0x0100000c);
    assertThat(LoadedLibrary.machines(universal.array()))
        .containsExactly("Mach-O aarch64", "Mach-O x86-64");
  }

  @Test
  void knowsTheMachinesOfPe() {
    assertThat(LoadedLibrary.machines(little(128, 0, 0x5a4d, 0x3c, 64, 64, 0x4550, 68, 0x8664)))
        .containsExactly("PE x86-64");
    assertThat(LoadedLibrary.machines(little(128, 0, 0x5a4d, 0x3c, 64, 64, 0x4550, 68, 0xaa64)))
        .containsExactly("PE aarch64");
  }

  @Test
  void takesNothingElseForALibrary() throws IOException {
    try (var in = LoadTest.class.getResourceAsStream("LoadTest.class")) {
      assertThat(LoadedLibrary.machines(in.readAllBytes())).as("a class file").isEmpty();
    }
    assertThat(LoadedLibrary.machines(little(128, 0, 0x5a4d, 0x3c, 64))).as("DOS").isEmpty();
    assertThat(LoadedLibrary.machines(little(64, 0, 0x5a4d, 0x3c, -1))).as("cut off").isEmpty();
    assertThat(LoadedLibrary.machines(new byte[] {0x7f, 'E', 'L', 'F'})).as("cut off").isEmpty();
  }
}
