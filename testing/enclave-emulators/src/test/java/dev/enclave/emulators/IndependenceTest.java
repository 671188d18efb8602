package dev.enclave.emulators;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** A server must not share the mistakes of the clients it tests. */
class IndependenceTest {

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.enclave.emulators");

  @Test
  void sharesNoCode_withEnclaveOrTheClouds() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.enclave..").and(not(resideInAPackage("dev.enclave.emulators.."))))
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage("software.amazon..", "com.azure..", "com.microsoft..")
        .check(MAIN);
  }

  @Test
  void hasNoPackageCycles() {
    slices().matching("dev.enclave.(**)").should().beFreeOfCycles().check(MAIN);
  }

  @Test
  void keepsJetty_behindTheSeam() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.enclave.emulators.internal.http")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.eclipse.jetty..")
        .check(MAIN);
  }

  @Test
  void keepsGrpc_behindTheSeam() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.enclave.emulators.internal.grpc")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.grpc..")
        .check(MAIN);
  }

  @Test
  void keepsGooglesMessages_toItsOwnServer() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.enclave.emulators.internal.gcp..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.google..")
        .check(MAIN);
  }
}
