package dev.enclave.cli.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.processes.Checkout;
import japicmp.cmp.JApiCmpArchive;
import japicmp.cmp.JarArchiveComparator;
import japicmp.cmp.JarArchiveComparatorOptions;
import japicmp.model.AccessModifier;
import japicmp.model.JApiChangeStatus;
import japicmp.model.JApiClass;
import japicmp.model.JApiCompatibility;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javassist.bytecode.ClassFile;
import javassist.bytecode.MethodInfo;
import javassist.bytecode.MethodParametersAttribute;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What was compiled, and what was written, against the recorded signatures still runs and still
 * compiles. The record is a jar of the exported types without code, compressed as a whole.
 */
@Tag("full")
class ApiCompatibilityTest {

  private static final Path BASELINE = Checkout.root().resolve("baseline/public-api.jar.gz");

  private static final String HOW_TO_RENEW =
      "The exported types break code that was written against baseline/public-api.jar.gz. Keep the"
          + " old signatures, or, if the break is intended, say so in CHANGELOG.md and record the"
          + " new ones: mvn test -pl :enclave-cli -am -Dtest=ApiCompatibilityTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dapi.baseline=renew";

  private final Map<String, ClassFile> types = new TreeMap<>();

  ApiCompatibilityTest() {
    ExportedPackage.all().forEach(each -> types.putAll(each.types()));
  }

  @Test
  void codeAgainstTheRecordedApi_compilesAndRunsWithThisOne() throws IOException {
    byte[] present = jar(types);
    if (System.getProperty("api.baseline", "").equals("renew")) {
      Files.createDirectories(BASELINE.getParent());
      try (OutputStream file = new GZIPOutputStream(Files.newOutputStream(BASELINE))) {
        file.write(present);
      }
    }
    try (InputStream file = new GZIPInputStream(Files.newInputStream(BASELINE))) {
      assertThat(broken(file.readAllBytes(), present)).as(HOW_TO_RENEW).isEmpty();
    }
  }

  @Test
  void whatBreaksCode_isFound_andWhatDoesNotIsLeft() throws IOException {
    byte[] whole = jar(types);
    types.remove("dev.enclave.jca.EnclaveProvider");
    without("dev.enclave.KeyName", "value");
    without("dev.enclave.spi.backend.KeySigner", "sign");
    byte[] less = jar(types);
    assertThat(broken(whole, less))
        .containsExactly(
            "dev.enclave.jca.EnclaveProvider: CLASS_REMOVED",
            "dev.enclave.KeyName.value: METHOD_REMOVED",
            "dev.enclave.spi.backend.KeySigner.sign: METHOD_REMOVED");
    assertThat(broken(less, whole))
        .containsExactly("dev.enclave.spi.backend.KeySigner.sign: METHOD_ADDED_TO_INTERFACE");
  }

  private void without(String type, String method) {
    ClassFile file = Objects.requireNonNull(types.get(type), type);
    assertThat(file.getMethods().removeIf(it -> it.getName().equals(method))).isTrue();
  }

  /** Class files of what others see of the types. */
  private static byte[] jar(Map<String, ClassFile> types) throws IOException {
    ByteArrayOutputStream jar = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(jar)) {
      zip.setLevel(Deflater.NO_COMPRESSION);
      for (ClassFile type : types.values()) {
        type.getFields().removeIf(field -> !ExportedPackage.isSeen(field.getAccessFlags()));
        type.getMethods().removeIf(method -> !ExportedPackage.isSeen(method.getAccessFlags()));
        for (MethodInfo method : type.getMethods()) {
          method.removeCodeAttribute();
          method.removeAttribute(MethodParametersAttribute.tag);
        }
        List.of("BootstrapMethods", "NestHost", "NestMembers", "SourceFile")
            .forEach(type::removeAttribute);
        type.compact();
        ZipEntry entry = new ZipEntry(type.getName().replace('.', '/') + ".class");
        entry.setTimeLocal(LocalDateTime.of(2026, 1, 1, 0, 0));
        zip.putNextEntry(entry);
        type.write(new DataOutputStream(zip));
      }
    }
    return jar.toByteArray();
  }

  private static List<String> broken(byte[] before, byte[] now) {
    JarArchiveComparatorOptions options = new JarArchiveComparatorOptions();
    options.setAccessModifier(AccessModifier.PROTECTED);
    options.getIgnoreMissingClasses().setIgnoreAllMissingClasses(true);
    List<String> broken = new ArrayList<>();
    for (JApiClass type :
        new JarArchiveComparator(options)
            .compare(
                new JApiCmpArchive(before, "before", "1"), new JApiCmpArchive(now, "now", "2"))) {
      String name = type.getFullyQualifiedName();
      add(broken, name, type);
      if (type.getChangeStatus() == JApiChangeStatus.REMOVED) {
        continue;
      }
      add(broken, name, type.getSuperclass());
      type.getInterfaces().forEach(it -> add(broken, name, it));
      type.getConstructors().forEach(it -> add(broken, name + "." + it.getName(), it));
      type.getMethods().forEach(it -> add(broken, name + "." + it.getName(), it));
      type.getFields().forEach(it -> add(broken, name + "." + it.getName(), it));
    }
    return broken;
  }

  private static void add(List<String> broken, String what, JApiCompatibility of) {
    of.getCompatibilityChanges().stream()
        .filter(change -> !change.isBinaryCompatible() || !change.isSourceCompatible())
        .forEach(change -> broken.add(what + ": " + change.getType()));
  }
}
