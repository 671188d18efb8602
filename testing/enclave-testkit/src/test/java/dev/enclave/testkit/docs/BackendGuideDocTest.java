package dev.enclave.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.contract.BackendContract;
import dev.enclave.testkit.contract.KeysContract;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackendGuideDocTest {

  private final String guide = Repository.read("docs/write-a-backend.md");

  @Test
  void explainsEveryTraitAndFailure() {
    assertExplained(BackendTrait.values());
    assertExplained(FailureClass.values());
    assertExplained(FailureCode.values());
  }

  @Test
  void listsEveryContract() {
    List<String> contracts =
        Stream.concat(
                Stream.of(BackendContract.class.getInterfaces()),
                Stream.of(KeysContract.class.getInterfaces()))
            .filter(contract -> contract != KeysContract.class)
            .map(Class::getSimpleName)
            .toList();
    assertThat(contracts)
        .hasSize(25)
        .allSatisfy(name -> assertThat(guide).contains("| `" + name + "` |"));
  }

  @Test
  void namesEveryTypeOfTheSpi() {
    Set<String> types =
        new ClassFileImporter()
            .importPackages("dev.enclave.spi").stream()
                .filter(type -> type.isTopLevelClass())
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .map(JavaClass::getSimpleName)
                .collect(Collectors.toSet());
    assertThat(types).hasSizeGreaterThan(50);
    assertThat(types).allSatisfy(type -> assertThat(guide).contains("`" + type + "`"));
  }

  private void assertExplained(Enum<?>[] constants) {
    assertThat(Arrays.stream(constants).map(constant -> "`" + constant.name() + "`"))
        .allSatisfy(
            name ->
                assertThat(guide.lines().filter(l -> l.startsWith("| `")).toList())
                    .as("a row that explains " + name)
                    .anyMatch(line -> line.split("\\|", -1)[1].contains(name)));
  }
}
