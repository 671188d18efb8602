package dev.enclave.auditlog.merkle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Trees and proofs of every size up to some hundreds, against {@link Rfc6962}. */
final class MerkleTest {

  private static final int MOST = 260;

  private final Sha256 hasher = new Sha256();
  private final List<byte[]> leaves = new ArrayList<>();

  MerkleTest() {
    for (int i = 0; i < MOST; i++) {
      leaves.add(("leaf " + i).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
  }

  @Test
  void everyTreeHasTheRootOfTheStandard_alsoWhenItWasPutDownAndTakenUpAgain() {
    CompactRange range = new CompactRange(hasher);
    for (int size = 0; size < MOST; size++) {
      CompactRange again = CompactRange.of(hasher, range.size(), range.roots());
      assertThat(range.root()).isEqualTo(Rfc6962.mth(leaves.subList(0, size)));
      assertThat(again.root()).isEqualTo(range.root());
      assertThat(range.copy().root()).isEqualTo(range.root());
      again.add(hasher.leaf(leaves.get(size)));
      range = again;
    }
  }

  @Test
  void everyInclusionProofIsThatOfTheStandard_andIsAccepted() {
    for (int size = 1; size <= MOST; size += size < 70 ? 1 : 17) {
      List<byte[]> tree = leaves.subList(0, size);
      byte[] root = Rfc6962.mth(tree);
      for (int index = 0; index < size; index++) {
        List<byte[]> path = hashes(Proofs.inclusion(index, size), tree, 0);

        assertThat(path).containsExactlyElementsOf(Rfc6962.path(index, tree));
        assertThat(Proofs.rootOf(hasher, hasher.leaf(tree.get(index)), index, size, path))
            .hasValueSatisfying(found -> assertThat(found).isEqualTo(root));
      }
    }
  }

  @Test
  void everyConsistencyProofIsThatOfTheStandard_andIsAccepted() {
    for (int size = 1; size <= MOST; size += size < 70 ? 1 : 17) {
      List<byte[]> tree = leaves.subList(0, size);
      byte[] root = Rfc6962.mth(tree);
      for (int first = 1; first <= size; first++) {
        List<byte[]> path = hashes(Proofs.consistency(first, size), tree, 0);
        byte[] firstRoot = Rfc6962.mth(leaves.subList(0, first));

        assertThat(path).containsExactlyElementsOf(Rfc6962.proof(first, tree));
        assertThat(Proofs.consistent(hasher, first, firstRoot, size, root, path)).isTrue();
      }
    }
  }

  @Test
  void aProofForAnotherLeaf_place_size_orPath_isNotAccepted() {
    for (int size = 2; size < 40; size++) {
      List<byte[]> tree = leaves.subList(0, size);
      byte[] root = Rfc6962.mth(tree);
      for (int index = 0; index < size; index++) {
        List<byte[]> path = Rfc6962.path(index, tree);
        byte[] leaf = hasher.leaf(tree.get(index));
        for (int other = 0; other <= size; other++) {
          if (other != index) {
            assertThat(Proofs.rootOf(hasher, leaf, other, size, path).filter(r -> same(r, root)))
                .isEmpty();
          }
        }
        assertThat(
                Proofs.rootOf(hasher, hasher.leaf(new byte[9]), index, size, path)
                    .filter(r -> same(r, root)))
            .isEmpty();
        assertThat(
                Proofs.rootOf(hasher, leaf, index, size, path.subList(1, path.size()))
                    .filter(r -> same(r, root)))
            .isEmpty();
        List<byte[]> longer = new ArrayList<>(path);
        longer.add(new byte[32]);
        assertThat(Proofs.rootOf(hasher, leaf, index, size, longer)).isEmpty();
      }
    }
  }

  @Test
  void aForkIsNotConsistent() {
    for (int size = 2; size < 40; size++) {
      List<byte[]> tree = leaves.subList(0, size);
      for (int first = 1; first < size; first++) {
        List<byte[]> fork = new ArrayList<>(tree);
        fork.set(first - 1, new byte[1]);
        byte[] root = Rfc6962.mth(fork);
        byte[] firstRoot = Rfc6962.mth(leaves.subList(0, first));

        for (List<byte[]> source : List.of(tree, fork)) {
          assertThat(
                  Proofs.consistent(
                      hasher, first, firstRoot, size, root, Rfc6962.proof(first, source)))
              .isFalse();
        }
      }
    }
  }

  @Test
  void whatIsNoTreeBeforeAnotherIsNotConsistent() {
    byte[] five = Rfc6962.mth(leaves.subList(0, 5));
    byte[] three = Rfc6962.mth(leaves.subList(0, 3));
    byte[] none = hasher.empty();

    assertThat(Proofs.consistent(hasher, 5, five, 5, five, List.of())).isTrue();
    assertThat(Proofs.consistent(hasher, 5, five, 5, five, List.of(five))).isFalse();
    assertThat(Proofs.consistent(hasher, 5, five, 5, three, List.of())).isFalse();
    assertThat(Proofs.consistent(hasher, 5, five, 3, three, List.of())).isFalse();
    assertThat(Proofs.consistent(hasher, 3, three, 5, five, List.of())).isFalse();
    assertThat(Proofs.consistent(hasher, 0, none, 0, none, List.of())).isFalse();
    assertThat(Proofs.consistent(hasher, 0, none, 5, five, List.of(five))).isFalse();
  }

  @Test
  void thereIsNoProofOfALeafOrTreeThatIsNotThere() {
    for (long index : new long[] {-1, 5, 6}) {
      assertThatThrownBy(() -> Proofs.inclusion(index, 5))
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (long first : new long[] {-1, 0, 6}) {
      assertThatThrownBy(() -> Proofs.consistency(first, 5))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void proofsNeedNoneOfTheLeavesBeforeTheirOwn_onlyWhatIsKeptOfThem() {
    int size = 100;
    List<byte[]> tree = leaves.subList(0, size);
    for (int lost = 0; lost < size; lost++) {
      for (int index = lost; index < size; index++) {
        assertThat(hashes(Proofs.inclusion(index, size), tree, lost))
            .containsExactlyElementsOf(Rfc6962.path(index, tree));
      }
    }
    assertThatThrownBy(() -> hashes(Proofs.inclusion(3, size), tree, 50))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not there any more");
  }

  private List<byte[]> hashes(List<Proofs.Range> ranges, List<byte[]> tree, int lost) {
    CompactRange before = new CompactRange(hasher);
    tree.subList(0, lost).forEach(leaf -> before.add(hasher.leaf(leaf)));
    RangeHashes hashes = new RangeHashes(hasher, ranges, before);
    tree.subList(lost, tree.size()).forEach(leaf -> hashes.add(hasher.leaf(leaf)));
    return hashes.hashes();
  }

  private static boolean same(byte[] one, byte[] other) {
    return java.util.Arrays.equals(one, other);
  }
}
