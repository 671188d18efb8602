package dev.enclave.cli.rules;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callConstructorWhere;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethodWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.enclave.KeyVersion;
import dev.enclave.spi.SecretBytes;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Method;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The borders between packages and modules, for every published module that the command has. Tools
 * of the build's own tests reach into what they test.
 */
@Tag("full")
class ArchitectureTest {

  private static final String PROCESS_ENVIRONMENT =
      "dev.enclave.core.internal.environment.ProcessEnvironment";

  /**
   * Everyone else gets an EnvironmentSnapshot and a TimeSource. Whoever waits for a thread or a
   * socket waits by the machine's clock whatever clock was given: so does each timed wait of the
   * JDK.
   */
  private static final Set<String> READS_PROPERTIES_OR_CLOCKS =
      Set.of(
          PROCESS_ENVIRONMENT,
          "dev.enclave.core.internal.environment.SystemTime",
          // Wait for a thread of their own, or for channels, to end.
          "dev.enclave.auditlog.checkpoint.CheckpointThread",
          "dev.enclave.core.internal.background.TaskChain",
          "dev.enclave.gcp.internal.GcpConnections",
          // Wait for a socket.
          "dev.enclave.kit.http.BoundedHttp",
          "dev.enclave.kit.http.BoundedHttp$BoundedBody",
          "dev.enclave.kit.http.SlowStart",
          // The native library for this machine: found, and loaded under its own properties.
          "dev.enclave.crypto.internal.choice.Engines$Holder",
          "dev.enclave.crypto.internal.corretto.CorrettoLoader",
          // The command is the process: it gives these to what it calls.
          "dev.enclave.cli.Main",
          "dev.enclave.cli.demo.OutageDemo",
          "dev.enclave.cli.session.Session");

  private static final String AUDIT_TRAIL = "dev.enclave.auditlog.trail.AuditTrail";

  private static final int MOST_PUBLIC_TYPES = 40;

  /** What applications see; none of it knows of the service-provider interfaces. */
  private static final String[] API = {
    "dev.enclave",
    "dev.enclave.admin",
    "dev.enclave.audit",
    "dev.enclave.deferred",
    "dev.enclave.diagnosis",
    "dev.enclave.error",
    "dev.enclave.migration"
  };

  private static final Set<String> EXPOSES_SECRETS =
      Set.of(
          "dev.enclave.kit.key.RemoteUse",
          "dev.enclave.auditlog.checkpoint.LogIdentity",
          "dev.enclave.core.internal.enclave.EngineWrappingKey",
          "dev.enclave.crypto.AesKeyWrap",
          "dev.enclave.crypto.BackupFile",
          "dev.enclave.crypto.DataKey",
          "dev.enclave.crypto.PasswordKey",
          "dev.enclave.crypto.RsaOaepWrap",
          "dev.enclave.crypto.internal.bouncycastle.AesMaterial",
          "dev.enclave.crypto.internal.backup.BackupWriter",
          "dev.enclave.crypto.internal.choice.Materials",
          "dev.enclave.crypto.internal.bouncycastle.RsaWrappingMaterial",
          "dev.enclave.jobs.QueueKey",
          "dev.enclave.os.internal.linux.SecretServicePlace",
          "dev.enclave.os.internal.macos.KeychainPlace",
          "dev.enclave.os.internal.windows.DpapiPlace",
          "dev.enclave.pkcs11.internal.calls.Pin",
          "dev.enclave.kit.record.RecordOpener",
          "dev.enclave.kit.kek.KekSettings$BorrowedKek",
          "dev.enclave.kit.kek.NoKek",
          "dev.enclave.kit.setup.CheckedSettings",
          "dev.enclave.software.internal.backend.SoftwareSettings",
          "dev.enclave.software.internal.masters.MasterKeys",
          "dev.enclave.testkit.contract.ImportContract",
          "dev.enclave.testkit.contract.WrappingContract");

  private static final List<String> MODULES =
      List.of(
          "dev.enclave.auditlog",
          "dev.enclave.aws",
          "dev.enclave.azure",
          "dev.enclave.browser",
          "dev.enclave.cli",
          "dev.enclave.kit",
          "dev.enclave.core.internal",
          "dev.enclave.crypto",
          "dev.enclave.emulators",
          "dev.enclave.gcp",
          "dev.enclave.jobs",
          "dev.enclave.kubernetes",
          "dev.enclave.os",
          "dev.enclave.pkcs11",
          "dev.enclave.kit.record",
          "dev.enclave.software",
          "dev.enclave.spi",
          "dev.enclave.testkit",
          "dev.enclave.vault");

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.enclave")
          .that(DescribedPredicate.not(resideInAPackage("dev.enclave.campaign..")));

  /** Rules about classes that are not looked at would say nothing. */
  @Test
  void looksAtEveryModule() {
    assertThat(MODULES).allSatisfy(name -> assertThat(MAIN.containPackage(name)).as(name).isTrue());
  }

  /** The contracts would not find what the backends that they judge have in common otherwise. */
  @Test
  void sharesNoCode_betweenTheCloudShapedBackendAndOthers() {
    noClasses()
        .that()
        .resideInAPackage("dev.enclave.testkit.cloud..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.enclave.kit..",
            "dev.enclave.core..",
            "dev.enclave.kit.record..",
            "dev.enclave.testkit.record..")
        .orShould()
        .dependOnClassesThat()
        .haveSimpleNameStartingWith("InMemory")
        .check(MAIN);
  }

  @Test
  void readsVariables_inOneClassOnly() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(PROCESS_ENVIRONMENT)
        .should(callMethodWhere(calls(System.class, "getenv")))
        .check(MAIN);
  }

  @Test
  void readsPropertiesAndClocks_inTheseClassesOnly() {
    assertThat(readers(MAIN)).isEqualTo(READS_PROPERTIES_OR_CLOCKS);
  }

  /** Or the test could not fail. */
  @Test
  void findsWhoReadsPropertiesAndClocks() {
    JavaClasses planted =
        new ClassFileImporter()
            .importClasses(
                PlantedProperty.class, PlantedSwitch.class, PlantedDate.class, PlantedClock.class);
    assertThat(readers(planted)).hasSize(4);
  }

  private static Set<String> readers(JavaClasses classes) {
    return classes.stream()
        // Servers and processes of tests run in the time of their machine.
        .filter(type -> !type.getPackageName().startsWith("dev.enclave.emulators"))
        .filter(type -> !type.getPackageName().startsWith("dev.enclave.processes"))
        .flatMap(type -> type.getAccessesFromSelf().stream())
        .filter(ArchitectureTest::readsPropertyOrClock)
        .map(access -> access.getOriginOwner().getName())
        .collect(Collectors.toSet());
  }

  private static boolean readsPropertyOrClock(JavaAccess<?> access) {
    String owner = access.getTargetOwner().getName();
    String member = access.getName();
    return switch (owner) {
      case "java.lang.System" ->
          Set.of(
                  "getProperty",
                  "getProperties",
                  "setProperty",
                  "setProperties",
                  "clearProperty",
                  "nanoTime",
                  "currentTimeMillis")
              .contains(member);
      case "java.lang.Boolean" -> member.equals("getBoolean");
      case "java.lang.Integer" -> member.equals("getInteger");
      case "java.lang.Long" -> member.equals("getLong");
      case "java.time.Clock" -> member.startsWith("system") || member.startsWith("tick");
      case "java.util.Date" -> access.getDescription().contains("<init>()");
      default -> owner.startsWith("java.time.") && member.equals("now");
    };
  }

  static final class PlantedProperty {
    static String read() {
      return System.getProperty("user.home");
    }
  }

  static final class PlantedSwitch {
    static boolean read() {
      return Boolean.getBoolean("enclave.planted");
    }
  }

  static final class PlantedDate {
    static Supplier<Instant> read() {
      return Instant::now;
    }
  }

  static final class PlantedClock {
    static Clock read() {
      return Clock.systemUTC();
    }
  }

  /** The list is what a review of a new caller looks at. */
  @Test
  void takesSecretsOut_inTheseClassesOnly() {
    Set<String> callers =
        MAIN.stream()
            .flatMap(type -> type.getMethodCallsFromSelf().stream())
            .filter(call -> call.getTargetOwner().isEquivalentTo(SecretBytes.class))
            .filter(call -> Set.of("exposeSecret", "use").contains(call.getName()))
            .map(call -> call.getOriginOwner().getName())
            .filter(caller -> !caller.equals(SecretBytes.class.getName()))
            .collect(Collectors.toSet());

    assertThat(callers).isEqualTo(EXPOSES_SECRETS);
  }

  @Test
  void reachesIntoClassesOfOthers_inOneClassOnly() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("dev.enclave.crypto.internal.corretto.CorrettoProvider")
        .should(callMethodWhere(calls(AccessibleObject.class, "setAccessible")))
        .orShould(callMethodWhere(calls(Method.class, "setAccessible")))
        .because("see ADR 14")
        .check(MAIN);
  }

  @Test
  void neverSleeps() {
    noClasses()
        .should(callMethodWhere(calls(Thread.class, "sleep")))
        .orShould(callMethodWhere(calls(TimeUnit.class, "sleep")))
        .because("time is a parameter: TimeSource.pause")
        .check(MAIN);
  }

  /** START is none of a key; ADOPT and OBSERVE are of what was seen, and nobody called for it. */
  @Test
  void recordsOperations_onTheOnePath() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("dev.enclave.core.internal.operation.OperationRun")
        .and()
        .doNotHaveFullyQualifiedName("dev.enclave.core.internal.key.KeyDirectory")
        .and()
        .doNotHaveFullyQualifiedName("dev.enclave.core.internal.StartUp")
        .and()
        .doNotHaveFullyQualifiedName("dev.enclave.auditlog.trail.AuditTrail")
        .should(callMethodWhere(calls(AUDIT_TRAIL, "begin")))
        .orShould(callMethodWhere(calls(AUDIT_TRAIL, "reading")))
        .because("see ADR 46")
        .check(MAIN);
  }

  /** A later component of such a record then breaks nobody. */
  @Test
  void makesRecordsOfTheSpi_byTheirFactories() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.enclave.spi..")
        .and()
        .doNotHaveFullyQualifiedName("dev.enclave.KeyVersion")
        .should(
            callConstructorWhere(
                describe(
                    "a record of the SPI that has a factory",
                    call ->
                        (call.getTargetOwner().getPackageName().startsWith("dev.enclave.spi")
                                || call.getTargetOwner().isEquivalentTo(KeyVersion.class))
                            && call.getTargetOwner().isRecord()
                            && call.getTargetOwner().getMethods().stream()
                                .anyMatch(method -> method.getName().equals("of")))))
        .check(MAIN);
  }

  private static DescribedPredicate<JavaMethodCall> calls(Class<?> owner, String method) {
    return calls(owner.getName(), method);
  }

  private static DescribedPredicate<JavaMethodCall> calls(String owner, String method) {
    return describe(
        owner + "." + method,
        call ->
            call.getTargetOwner().getName().equals(owner)
                && call.getTarget().getName().equals(method));
  }

  @Test
  void keepsInternalsToTheirModule() {
    classes().should(touchNoForeignInternals()).check(MAIN);
  }

  private static ArchCondition<JavaClass> touchNoForeignInternals() {
    return new ArchCondition<>("touch no internals of another module") {
      @Override
      public void check(JavaClass origin, ConditionEvents events) {
        for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
          String target = dependency.getTargetClass().getPackageName();
          int internal = (target + ".").indexOf(".internal.");
          if (target.startsWith("dev.enclave.")
              && internal >= 0
              && !(origin.getPackageName() + ".").startsWith(target.substring(0, internal) + ".")) {
            events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
          }
        }
      }
    };
  }

  /** But for what opens an Enclave with parts of one's own, and what reads events from a file. */
  @Test
  void keepsTheApiApartFromEverythingElse() {
    noClasses()
        .that()
        .resideInAnyPackage(API)
        .and(
            DescribedPredicate.not(
                describe(
                    "name parts of the SPI by design",
                    (JavaClass type) ->
                        type.getName().startsWith("dev.enclave.EnclaveFactory")
                            || type.getName().equals("dev.enclave.audit.AuditRecord"))))
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.enclave.*..")
                .and(DescribedPredicate.not(resideInAnyPackage(API)))
                .and(
                    DescribedPredicate.not(
                        resideInAnyPackage("dev.enclave.internal", "dev.enclave.internal.texts"))))
        .check(MAIN);
  }

  @Test
  void keepsTheSpiOnTheApiAlone() {
    noClasses()
        .that()
        .resideInAPackage("dev.enclave.spi")
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.enclave.*..")
                .and(DescribedPredicate.not(resideInAnyPackage(API)))
                .and(
                    DescribedPredicate.not(
                        resideInAnyPackage("dev.enclave.spi", "dev.enclave.internal.texts"))))
        .check(MAIN);
  }

  @Test
  void keepsTheTextsOfTheApiOnErrorsAndFindings() {
    noClasses()
        .that()
        .resideInAPackage("dev.enclave.internal.texts")
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.enclave..")
                .and(
                    DescribedPredicate.not(
                        resideInAnyPackage(
                            "dev.enclave.diagnosis",
                            "dev.enclave.error",
                            "dev.enclave.internal.texts"))))
        .check(MAIN);
  }

  @Test
  void keepsBackendsAndMathematicsApartFromTheEngine() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.enclave.core..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.enclave.core..")
        .check(MAIN);
  }

  @Test
  void hasNoPackageCycles() {
    slices().matching("dev.enclave.(**)").should().beFreeOfCycles().check(MAIN);
  }

  /** A map that forgets its eldest entry, and a semaphore, are Serializable for the JDK's sake. */
  @Test
  void serializesNothing_butExceptionsAndEnums() {
    noClasses()
        .that()
        .areNotAssignableTo(Throwable.class)
        .and()
        .areNotEnums()
        .and(DescribedPredicate.not(describe("enum constants", ArchitectureTest::isEnumConstant)))
        .and()
        .areNotAssignableTo(LinkedHashMap.class)
        .and()
        .areNotAssignableTo(Semaphore.class)
        .should()
        .beAssignableTo(Serializable.class)
        .check(MAIN);
  }

  private static boolean isEnumConstant(JavaClass type) {
    return type.getRawSuperclass().filter(JavaClass::isEnum).isPresent();
  }

  @Test
  void readsAndWritesNoSerializedObjects() {
    noClasses()
        .should()
        .dependOnClassesThat(belongToAnyOf(ObjectInputStream.class, ObjectOutputStream.class))
        .check(MAIN);
  }

  @Test
  void keepsTheApiSmall() {
    Set<JavaClass> types = new java.util.HashSet<>();
    for (JavaClass type : MAIN) {
      if (type.getPackageName().equals("dev.enclave")
          && type.isTopLevelClass()
          && type.getModifiers().contains(JavaModifier.PUBLIC)) {
        types.add(type);
      }
    }
    assertThat(types).isNotEmpty().hasSizeLessThanOrEqualTo(MOST_PUBLIC_TYPES);
  }
}
