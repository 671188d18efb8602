package dev.enclave.auditlog.merkle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.auditlog.support.InstalledVectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The leaves and roots Certificate Transparency's implementations are tested with. */
@Tag("needs-transparency")
final class PublishedTreeTest {

  private static final Path VECTORS =
      Path.of("/usr/share/gocode/src/github.com/transparency-dev/merkle/testonly/constants.go");

  @Test
  void givesThePublishedRoots_whereTheyAreInstalled() throws IOException {
    if (!InstalledVectors.present(VECTORS, "golang-github-transparency-dev-merkle-dev")) {
      assertThat(CompactRange.of(new Sha256(), 0, List.of()).root())
          .as("the one root that is in the standard itself")
          .startsWith(0xe3, 0xb0, 0xc4, 0x42);
      return;
    }
    String source = Files.readString(VECTORS);
    List<byte[]> leaves = hex(source, "func LeafInputs");
    List<byte[]> roots = hex(source, "func RootHashes");
    assertThat(leaves).hasSize(8);
    assertThat(roots).hasSize(8);

    Sha256 hasher = new Sha256();
    CompactRange range = new CompactRange(hasher);
    for (int i = 0; i < leaves.size(); i++) {
      range.add(hasher.leaf(leaves.get(i)));
      assertThat(range.root()).isEqualTo(roots.get(i));
    }
  }

  private static List<byte[]> hex(String source, String function) {
    int start = source.indexOf(function);
    String body = source.substring(start, source.indexOf("\n}", start));
    List<byte[]> found = new ArrayList<>();
    Matcher matcher = Pattern.compile("hd\\(\"([0-9a-f]*)\"\\)").matcher(body);
    while (matcher.find()) {
      found.add(HexFormat.of().parseHex(matcher.group(1)));
    }
    return found;
  }
}
