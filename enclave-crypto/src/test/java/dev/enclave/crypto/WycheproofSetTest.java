package dev.enclave.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** Sets of vectors differ: files come and go from one release to the next. */
@Tag("each-engine")
class WycheproofSetTest {

  @Test
  void endsATest_whereASetDoesNotHaveTheFile(@TempDir Path set) throws IOException {
    Files.writeString(set.resolve("one_test.json"), "{\"testGroups\":[{\"type\":\"A\"}]}");
    assertThat(Wycheproof.groups(set, "one_test.json"))
        .extracting(group -> group.text("type"))
        .containsExactly("A");
    assertThatThrownBy(() -> Wycheproof.groups(set, "other_test.json"))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("NOT RUN: other_test.json");
  }

  @Test
  void isNoDirectoryWithoutVectors(@TempDir Path folder) throws IOException {
    assertThat(Wycheproof.holdsVectors(folder)).isFalse();
    assertThat(Wycheproof.holdsVectors(folder.resolve("missing"))).isFalse();
    Files.writeString(folder.resolve("one_test.json"), "{}");
    assertThat(Wycheproof.holdsVectors(folder)).isTrue();
  }
}
