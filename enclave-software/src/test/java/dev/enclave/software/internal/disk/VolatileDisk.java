package dev.enclave.software.internal.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A disk that remembers, after each step, what a power failure would leave of it: names not synced
 * may be lost, each alone or all together, and a file not forced has a part of its content.
 */
public final class VolatileDisk extends Disk {

  /** A name that was set (to a directory or a file's content) or removed, and is not durable. */
  private record Change(Path directory, String name, Optional<Node> now, Optional<String> gone) {}

  /** A directory has no content. {@code forced} is that part of it that is on the disk for sure. */
  private record Node(Optional<byte[]> content, Optional<byte[]> forced) {}

  /** The disk after a step: what is durable, and what is not yet. */
  public record Moment(int step, String what, Map<Path, Node> durable, List<Change> pending) {}

  private final Path root;
  private final Map<Path, Node> durable = new TreeMap<>();
  private final List<Change> pending = new ArrayList<>();
  private final Map<Path, Node> visible = new TreeMap<>();
  private final List<Moment> moments = new ArrayList<>();

  /**
   * @param root under which everything is kept; durable itself
   */
  public VolatileDisk(Path root) {
    this.root = root;
    remember("nothing");
  }

  /** All moments so far, the first before any step. */
  public synchronized List<Moment> moments() {
    return List.copyOf(moments);
  }

  /** How many steps were made. */
  public synchronized int steps() {
    return moments.size() - 1;
  }

  private static Path parent(Path path) {
    return Objects.requireNonNull(path.getParent());
  }

  private void remember(String what) {
    moments.add(new Moment(moments.size(), what, new TreeMap<>(durable), List.copyOf(pending)));
  }

  private void change(Path path, Optional<Node> now, Optional<String> gone, String what) {
    Path directory = parent(path);
    String name = String.valueOf(path.getFileName());
    pending.add(new Change(directory, name, now, gone));
    now.ifPresentOrElse(node -> visible.put(path, node), () -> visible.remove(path));
    gone.ifPresent(g -> visible.remove(directory.resolve(g)));
    remember(what + " " + root.relativize(path));
  }

  @Override
  public synchronized void makeDirectory(Path directory) throws IOException {
    super.makeDirectory(directory);
    change(
        directory,
        Optional.of(new Node(Optional.empty(), Optional.empty())),
        Optional.empty(),
        "mkdir");
  }

  @Override
  public synchronized void writeNew(Path file, byte[] written) throws IOException {
    super.writeNew(file, written);
    byte[] content = written.clone(); // The caller may overwrite it.
    // Its name is there before its content, and its content before it is forced.
    Node torn =
        new Node(Optional.of(content), Optional.of(Arrays.copyOf(content, content.length / 2)));
    change(file, Optional.of(torn), Optional.empty(), "write");
    pending.replaceAll(
        c ->
            c.now().equals(Optional.of(torn))
                ? new Change(c.directory(), c.name(), Optional.of(whole(content)), c.gone())
                : c);
    visible.put(file, whole(content));
    remember("force " + root.relativize(file));
  }

  private static Node whole(byte[] content) {
    return new Node(Optional.of(content), Optional.of(content));
  }

  @Override
  public synchronized void move(Path from, Path to) throws IOException {
    super.move(from, to);
    Node moved = Objects.requireNonNull(visible.get(from));
    change(to, Optional.of(moved), Optional.of(String.valueOf(from.getFileName())), "move to");
  }

  @Override
  public synchronized boolean delete(Path file) throws IOException {
    boolean deleted = super.delete(file);
    if (deleted) {
      change(file, Optional.empty(), Optional.empty(), "delete");
    }
    return deleted;
  }

  @Override
  public synchronized void sync(Path directory) throws IOException {
    super.sync(directory);
    for (Change change : List.copyOf(pending)) {
      if (change.directory().equals(directory)) {
        apply(change, durable);
        pending.remove(change);
      }
    }
    remember("sync " + root.relativize(directory));
  }

  private static void apply(Change change, Map<Path, Node> tree) {
    change.gone().ifPresent(gone -> tree.remove(change.directory().resolve(gone)));
    Path path = change.directory().resolve(change.name());
    change.now().ifPresentOrElse(node -> tree.put(path, node), () -> tree.remove(path));
  }

  /** What a failure at this moment may leave: every pending name alone lost or kept, all, none. */
  public static List<Map<Path, byte[]>> survivors(Moment moment) {
    List<Map<Path, byte[]>> survivors = new ArrayList<>();
    int n = moment.pending().size();
    survivors.add(image(moment, i -> false));
    if (n > 0) {
      survivors.add(image(moment, i -> true));
    }
    for (int one = 0; one < n && n > 1; one++) {
      int alone = one;
      survivors.add(image(moment, i -> i == alone));
      survivors.add(image(moment, i -> i != alone));
    }
    return survivors;
  }

  private static Map<Path, byte[]> image(Moment moment, java.util.function.IntPredicate kept) {
    Map<Path, Node> tree = new TreeMap<>(moment.durable());
    for (int i = 0; i < moment.pending().size(); i++) {
      if (kept.test(i)) {
        apply(moment.pending().get(i), tree);
      }
    }
    Map<Path, byte[]> image = new LinkedHashMap<>();
    tree.forEach((path, node) -> image.put(path, node.forced().orElse(DIRECTORY)));
    return image;
  }

  /** Stands for a directory in an image. */
  static final byte[] DIRECTORY = new byte[0];

  /** Puts an image onto a real disk, in {@code target} in place of {@code root}. */
  public void restore(Map<Path, byte[]> image, Path target) {
    try {
      for (Map.Entry<Path, byte[]> entry : image.entrySet()) {
        Path path = target.resolve(root.relativize(entry.getKey()).toString());
        // What lies in a directory that was lost is lost with it.
        if (!Files.isDirectory(parent(path))) {
          continue;
        }
        if (entry.getValue() == DIRECTORY) {
          Files.createDirectory(
              path,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
          Files.write(path, entry.getValue());
          Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
