package dev.enclave.auditlog.merkle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What inclusion and consistency proofs consist of (RFC 6962 sections 2.1.1 and 2.1.2), and how
 * they are checked (RFC 9162 sections 2.1.3.2 and 2.1.4.2).
 */
public final class Proofs {

  private Proofs() {}

  /**
   * Leaves that have one node over them.
   *
   * @param start the first
   * @param end after the last
   */
  public record Range(long start, long end) {}

  /** The nodes that prove that leaf {@code index}, from 0, is in a tree of {@code size} leaves. */
  public static List<Range> inclusion(long index, long size) {
    requireOrder(index < size && index >= 0);
    List<Range> path = new ArrayList<>();
    long start = 0;
    long end = size;
    while (end - start > 1) {
      long middle = start + split(end - start);
      if (index < middle) {
        path.add(0, new Range(middle, end));
        end = middle;
      } else {
        path.add(0, new Range(start, middle));
        start = middle;
      }
    }
    return path;
  }

  /** The nodes that prove that a tree of {@code size} leaves begins with {@code first} of them. */
  public static List<Range> consistency(long first, long size) {
    requireOrder(first <= size && first > 0);
    List<Range> path = new ArrayList<>();
    long start = 0;
    long end = size;
    boolean whole = true;
    while (first < end) {
      long middle = start + split(end - start);
      if (first <= middle) {
        path.add(0, new Range(middle, end));
        end = middle;
      } else {
        path.add(0, new Range(start, middle));
        start = middle;
        whole = false;
      }
    }
    if (!whole) {
      path.add(0, new Range(start, end));
    }
    return path;
  }

  private static void requireOrder(boolean inOrder) {
    if (!inOrder) {
      throw new IllegalArgumentException("there is no such leaf or tree");
    }
  }

  /** The largest power of two below {@code size}. */
  private static long split(long size) {
    return Long.highestOneBit(size - 1);
  }

  /** The root that a tree has if the path is right; none if the path has another length. */
  public static Optional<byte[]> rootOf(
      Sha256 hasher, byte[] leafHash, long index, long size, List<byte[]> path) {
    if (index < 0 || index >= size) {
      return Optional.empty();
    }
    return climb(hasher, index, size - 1, leafHash, path).map(roots -> roots.get(1));
  }

  /** Whether the path proves that the second tree begins with the leaves of the first. */
  public static boolean consistent(
      Sha256 hasher,
      long firstSize,
      byte[] firstRoot,
      long secondSize,
      byte[] secondRoot,
      List<byte[]> path) {
    if (firstSize <= 0 || firstSize > secondSize) {
      return false;
    }
    if (firstSize == secondSize) {
      return path.isEmpty() && Arrays.equals(firstRoot, secondRoot);
    }
    List<byte[]> nodes = new ArrayList<>(path);
    if (Long.bitCount(firstSize) == 1) {
      nodes.add(0, firstRoot);
    }
    if (nodes.isEmpty()) {
      return false;
    }
    int shift = Long.numberOfTrailingZeros(firstSize);
    return climb(
            hasher,
            (firstSize - 1) >> shift,
            (secondSize - 1) >> shift,
            nodes.get(0),
            nodes.subList(1, nodes.size()))
        .filter(roots -> Arrays.equals(roots.get(0), firstRoot))
        .filter(roots -> Arrays.equals(roots.get(1), secondRoot))
        .isPresent();
  }

  /**
   * Where a path from a node leads: to the root over the node and what is to its left, and to the
   * root of the tree. None if the path has another length.
   */
  private static Optional<List<byte[]>> climb(
      Sha256 hasher, long index, long lastIndex, byte[] start, List<byte[]> path) {
    long node = index;
    long last = lastIndex;
    byte[] left = start;
    byte[] whole = start;
    for (byte[] sibling : path) {
      if (last == 0) {
        return Optional.empty();
      }
      if ((node & 1) != 0 || node == last) {
        left = hasher.node(sibling, left);
        whole = hasher.node(sibling, whole);
        while ((node & 1) == 0 && node != 0) {
          node >>= 1;
          last >>= 1;
        }
      } else {
        whole = hasher.node(whole, sibling);
      }
      node >>= 1;
      last >>= 1;
    }
    return last == 0 ? Optional.of(List.of(left, whole)) : Optional.empty();
  }
}
