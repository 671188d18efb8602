package dev.enclave.cli.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.TreePathScanner;
import dev.enclave.Enclave;
import dev.enclave.processes.Checkout;
import java.io.IOException;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is public is written down, so that every change of it is seen in a review. */
@Tag("full")
final class PublicApiDocTest {

  private static final Path FILE = Checkout.root().resolve("docs/public-api.txt");

  private static final List<ExportedPackage> PACKAGES =
      ExportedPackage.all().stream().sorted(Comparator.comparing(ExportedPackage::name)).toList();

  @Test
  void isWhatTheReviewedFileSays() throws Exception {
    StringBuilder heads =
        new StringBuilder(
            "The types that published modules export, nested ones not counted, and what they"
                + " offer.\n\n");
    StringBuilder text = new StringBuilder();
    try (URLClassLoader loader = everyModule()) {
      for (ExportedPackage each : PACKAGES) {
        List<Class<?>> types = new ArrayList<>();
        for (String name : each.types().keySet()) {
          types.add(Class.forName(name, false, loader));
        }
        heads.append(each.name()).append(": ").append(topLevel(types)).append(" types\n");
        types.forEach(type -> text.append('\n').append(described(type)));
      }
    }
    heads
        .append("Enclave: ")
        .append(methods(Enclave.class).map(Method::getName).distinct().count())
        .append(" names of methods, ")
        .append(methods(Enclave.class).count())
        .append(" methods\n");
    if (Boolean.getBoolean("docs.update")) {
      Files.writeString(FILE, heads.append(text));
    } else {
      assertThat(Files.readString(FILE))
          .as("docs/public-api.txt is out of date; -Ddocs.update=true rewrites it")
          .isEqualTo(heads.append(text).toString());
    }
  }

  @Test
  void everyExportedTypeHasJavadoc() {
    Sources sources =
        Sources.parsed(PACKAGES.stream().flatMap(each -> each.sources().stream()).toList());
    DocTrees comments = DocTrees.instance(sources.task());
    Set<String> commented = new TreeSet<>();
    new TreePathScanner<@Nullable Void, String>() {
      @Override
      public @Nullable Void visitClass(ClassTree type, String outer) {
        String name = outer + type.getSimpleName();
        if (comments.getDocComment(getCurrentPath()) != null) {
          commented.add(name);
        }
        return super.visitClass(type, name + "$");
      }

      @Override
      public @Nullable Void visitCompilationUnit(CompilationUnitTree file, String none) {
        return super.visitCompilationUnit(file, file.getPackageName() + ".");
      }
    }.scan(sources.units(), "");
    Set<String> exported = new TreeSet<>();
    PACKAGES.forEach(each -> exported.addAll(each.types().keySet()));
    exported.removeAll(commented);
    assertThat(exported).as("exported types without Javadoc").isEmpty();
  }

  /** Those that the tests do not run with, too. */
  private static URLClassLoader everyModule() throws IOException {
    List<URL> folders = new ArrayList<>();
    for (ExportedPackage each : PACKAGES) {
      folders.add(each.module().resolve("target/classes").toUri().toURL());
    }
    return new URLClassLoader(folders.toArray(URL[]::new), PublicApiDocTest.class.getClassLoader());
  }

  private static Stream<Method> methods(Class<?> type) {
    return Arrays.stream(type.getMethods())
        .filter(m -> !m.isSynthetic() && m.getDeclaringClass() != Object.class);
  }

  private static long topLevel(List<Class<?>> types) {
    return types.stream().filter(type -> !type.isMemberClass()).count();
  }

  private static String described(Class<?> type) {
    Stream<String> fields =
        Arrays.stream(type.getDeclaredFields())
            .filter(f -> ExportedPackage.isSeen(f.getModifiers()) && !f.isSynthetic())
            .map(Field::toGenericString);
    Stream<String> executables =
        Stream.<Executable>concat(
                Arrays.stream(type.getDeclaredConstructors()),
                Arrays.stream(type.getDeclaredMethods()))
            .filter(e -> ExportedPackage.isSeen(e.getModifiers()) && !e.isSynthetic())
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
    return signature
        .replaceAll("\\b(?:[a-z]\\w*\\.)+(?=[A-Z])", "")
        .replaceAll("\\b(?:public|synchronized) ", "");
  }
}
