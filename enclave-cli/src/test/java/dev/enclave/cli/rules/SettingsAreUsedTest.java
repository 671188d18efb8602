package dev.enclave.cli.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaFieldAccess.AccessType;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A setting that is read, checked, and then has no effect is a promise that is not kept: {@code
 * pending-window-days} of AWS was one. What a class of settings tells is asked for by another
 * class, and what it keeps it tells.
 */
@Tag("full")
@SuppressWarnings("UnusedMethod") // of the planted types
class SettingsAreUsedTest {

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.enclave");

  /** Of all backends, of the queue and of the engine. */
  private static final Set<String> OF_ANY_OBJECT = Set.of("equals", "hashCode", "toString");

  private static boolean isOfSettings(JavaClass type) {
    return type.getSimpleName().endsWith("Settings")
        && !type.getPackageName().startsWith("dev.enclave.spi")
        && !type.getPackageName().startsWith("dev.enclave.emulators")
        // The engine's table, which the documents are printed from.
        && !type.getSimpleName().equals("Settings")
        // The kit, for whoever needs it.
        && !type.getPackageName().startsWith("dev.enclave.kit")
        && !type.getPackageName().startsWith("dev.enclave.cli");
  }

  private static Set<String> unused(JavaClasses classes, Predicate<JavaClass> which) {
    return classes.stream()
        .filter(which)
        .flatMap(type -> Stream.concat(unasked(type), untold(type)))
        .map(JavaMember::getFullName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What it tells, and nobody else asks for. */
  private static Stream<? extends JavaMember> unasked(JavaClass type) {
    return type.getMethods().stream()
        .filter(method -> !method.getModifiers().contains(JavaModifier.PRIVATE))
        .filter(method -> !method.getModifiers().contains(JavaModifier.SYNTHETIC))
        .filter(method -> !OF_ANY_OBJECT.contains(method.getName()))
        .filter(
            method ->
                method.getAccessesToSelf().stream()
                    .allMatch(access -> access.getOriginOwner().equals(type)));
  }

  /** What it keeps, and none of its methods reads. */
  private static Stream<? extends JavaMember> untold(JavaClass type) {
    return type.getFields().stream()
        .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
        .filter(
            field ->
                field.getAccessesToSelf().stream()
                    .noneMatch(
                        access ->
                            access.getAccessType() == AccessType.GET
                                && !access.getOrigin().isConstructor()));
  }

  @Test
  void everySettingThatIsReadIsAskedFor() {
    assertThat(MAIN.stream().filter(SettingsAreUsedTest::isOfSettings))
        .hasSizeGreaterThanOrEqualTo(8);
    assertThat(unused(MAIN, SettingsAreUsedTest::isOfSettings)).isEmpty();
  }

  /** Or the test could not fail. */
  @Test
  void findsWhatNobodyAsksFor() {
    JavaClasses here = new ClassFileImporter().importClasses(PlantedSettings.class, Reader.class);
    assertThat(unused(here, type -> type.getSimpleName().equals("PlantedSettings")))
        .containsExactly(
            PlantedSettings.class.getName() + ".forgotten",
            PlantedSettings.class.getName() + ".unasked()");
  }

  private static final class PlantedSettings {

    private final int asked;
    private final int unasked;

    @SuppressWarnings({"unused", "UnusedVariable"}) // it is what is looked for
    private final int forgotten;

    PlantedSettings(int value) {
      this.asked = value;
      this.unasked = value;
      this.forgotten = value;
    }

    int asked() {
      return asked;
    }

    int unasked() {
      return unasked;
    }
  }

  private static final class Reader {

    int read() {
      return new PlantedSettings(1).asked();
    }
  }
}
