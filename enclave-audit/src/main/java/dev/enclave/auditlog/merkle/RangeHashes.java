package dev.enclave.auditlog.merkle;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The hashes of some nodes of a tree, from one pass over its leaves. The tree may have lost leaves
 * at its left: what is kept of them, the roots of their complete subtrees, is enough for every node
 * a proof about another leaf needs. Used by one thread.
 */
public final class RangeHashes {

  private final Sha256 hasher;
  private final List<Proofs.Range> wanted;
  private final List<Proofs.Range> inOrder;
  private final Map<Proofs.Range, byte[]> found = new LinkedHashMap<>();
  private final CompactRange lost;
  private long next;
  private int current;
  private CompactRange growing;

  /**
   * @param wanted disjoint nodes; those within the lost leaves must be complete subtrees of it
   * @param lost the leaves that will not be given
   */
  public RangeHashes(Sha256 hasher, List<Proofs.Range> wanted, CompactRange lost) {
    this.hasher = hasher;
    this.wanted = List.copyOf(wanted);
    this.inOrder = new ArrayList<>(wanted);
    inOrder.sort(Comparator.comparingLong(Proofs.Range::start));
    this.lost = lost;
    this.next = lost.size();
    this.growing = new CompactRange(hasher);
    begin();
  }

  /** Takes the next leaf. */
  public void add(byte[] leafHash) {
    if (current < inOrder.size() && inOrder.get(current).start() <= next) {
      growing.add(leafHash);
    }
    next++;
    if (current < inOrder.size() && inOrder.get(current).end() <= next) {
      finish();
    }
  }

  private void begin() {
    while (current < inOrder.size() && inOrder.get(current).start() < lost.size()) {
      Proofs.Range range = inOrder.get(current);
      growing = partOfLost(range);
      if (range.end() > lost.size()) {
        return;
      }
      finish();
    }
  }

  private void finish() {
    found.put(inOrder.get(current), growing.root());
    growing = new CompactRange(hasher);
    current++;
  }

  private CompactRange partOfLost(Proofs.Range range) {
    List<byte[]> inside = new ArrayList<>();
    long start = 0;
    long size = 0;
    List<byte[]> roots = lost.roots();
    int root = 0;
    for (long bit = Long.highestOneBit(lost.size()); bit > 0; bit >>= 1) {
      if ((lost.size() & bit) != 0) {
        if (start >= range.start() && start + bit <= range.end()) {
          inside.add(roots.get(root));
          size += bit;
        }
        start += bit;
        root++;
      }
    }
    if (size != Math.min(range.end(), lost.size()) - range.start()) {
      throw new IllegalArgumentException("the leaves of " + range + " are not there any more");
    }
    return CompactRange.of(hasher, size, inside);
  }

  /**
   * The hashes, in the order in which the nodes were wanted.
   *
   * @throws IllegalStateException when too few leaves were given
   */
  public List<byte[]> hashes() {
    if (current < inOrder.size()) {
      throw new IllegalStateException("leaf " + next + " and those after it are missing");
    }
    return wanted.stream().map(found::get).map(byte[]::clone).toList();
  }
}
