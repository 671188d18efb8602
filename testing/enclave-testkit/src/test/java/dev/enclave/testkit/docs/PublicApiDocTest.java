package dev.enclave.testkit.docs;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.enclave.Enclave;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is public is written down, so that every change of it is seen in a review. */
@Tag("full")
final class PublicApiDocTest {

  private static final String FILE = "docs/public-api.txt";

  private static final List<String> PACKAGES =
      List.of(
          "dev.enclave",
          "dev.enclave.admin",
          "dev.enclave.audit",
          "dev.enclave.auditlog",
          "dev.enclave.diagnosis",
          "dev.enclave.error",
          "dev.enclave.startup",
          "dev.enclave.spi");

  @Test
  void isWhatTheReviewedFileSays() throws Exception {
    StringBuilder text = new StringBuilder();
    text.append("Public types, nested ones not counted, and what they offer.\n\n");
    for (String name : PACKAGES) {
      text.append(name).append(": ").append(topLevel(name)).append(" types\n");
    }
    text.append("Enclave: ")
        .append(methods(Enclave.class).map(Method::getName).distinct().count())
        .append(" names of methods, ")
        .append(methods(Enclave.class).count())
        .append(" methods\n");
    for (String name : PACKAGES) {
      for (Class<?> type : types(name)) {
        text.append('\n').append(described(type));
      }
    }
    var file = Repository.root().resolve(FILE);
    String present = Files.exists(file) ? Repository.read(file) : "";
    Document.at(FILE).requireEqual(present, text.toString());
  }

  private static Stream<Method> methods(Class<?> type) {
    return Arrays.stream(type.getMethods())
        .filter(m -> !m.isSynthetic() && m.getDeclaringClass() != Object.class);
  }

  private static long topLevel(String packageName) {
    return types(packageName).stream().filter(type -> !type.isMemberClass()).count();
  }

  private static List<Class<?>> types(String packageName) {
    return new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(packageName)
            .stream()
            .filter(type -> type.getPackageName().equals(packageName))
            .map(JavaClass::reflect)
            .filter(PublicApiDocTest::isPublic)
            .sorted((a, b) -> a.getName().compareTo(b.getName()))
            .collect(Collectors.toList());
  }

  private static boolean isPublic(Class<?> type) {
    return Modifier.isPublic(type.getModifiers())
        && (type.getDeclaringClass() == null || isPublic(type.getDeclaringClass()));
  }

  private static String described(Class<?> type) {
    Stream<String> fields =
        Arrays.stream(type.getDeclaredFields())
            .filter(f -> Modifier.isPublic(f.getModifiers()) && !f.isSynthetic())
            .map(Field::toGenericString);
    Stream<String> executables =
        Stream.<Executable>concat(
                Arrays.stream(type.getDeclaredConstructors()),
                Arrays.stream(type.getDeclaredMethods()))
            .filter(e -> Modifier.isPublic(e.getModifiers()) && !e.isSynthetic())
            .filter(e -> !isObjects(e))
            .map(Executable::toGenericString);
    return kind(type)
        + " "
        + type.getName()
        + "\n"
        + Stream.concat(fields, executables)
            .map(PublicApiDocTest::shortened)
            .sorted()
            .map(line -> "  " + line + "\n")
            .collect(Collectors.joining());
  }

  /** In words of our own, since JDKs describe a class differently. */
  private static String kind(Class<?> type) {
    String shape =
        type.isAnnotation()
            ? "annotation"
            : type.isInterface()
                ? "interface"
                : type.isRecord() ? "record" : type.isEnum() ? "enum" : "class";
    return type.isSealed() ? "sealed " + shape : shape;
  }

  /** What every object has. */
  private static boolean isObjects(Executable executable) {
    return switch (executable.getName()) {
      case "toString", "hashCode" -> executable.getParameterCount() == 0;
      case "equals" -> executable.getParameterCount() == 1;
      default -> false;
    };
  }

  private static String shortened(String signature) {
    return signature.replaceAll("\\b(?:[a-z]\\w*\\.)+(?=[A-Z])", "").replace("public ", "");
  }
}
