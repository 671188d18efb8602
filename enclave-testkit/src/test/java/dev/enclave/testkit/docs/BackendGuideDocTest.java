package dev.enclave.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.contract.BackendContract;
import dev.enclave.testkit.contract.KeysContract;
import java.util.Arrays;
import java.util.List;
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
        .hasSize(19)
        .allSatisfy(name -> assertThat(guide).contains("| `" + name + "` |"));
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
