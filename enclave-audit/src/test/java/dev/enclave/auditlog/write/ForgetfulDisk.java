package dev.enclave.auditlog.write;

import dev.enclave.auditlog.file.LaneFile;
import dev.enclave.auditlog.file.LogFiles;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A disk that loses, when its power is cut, what was not forced: of the writes and truncations of
 * each file any number of the last ones, the last that survives perhaps in part, and of the names
 * made and removed in the directory any of them.
 */
public final class ForgetfulDisk implements LogFiles {

  private final Random random;
  private final Map<String, Content> files = new TreeMap<>();
  private final Map<String, Content> forcedNames = new HashMap<>();
  private int stepsLeft;
  private int steps;

  /**
   * @param stepsLeft after how many operations the power is cut
   */
  public ForgetfulDisk(long seed, int stepsLeft) {
    this.random = new Random(seed);
    this.stepsLeft = stepsLeft;
  }

  /** One file: its forced content, and what was done to it since. */
  private static final class Content {

    private byte[] forced = new byte[0];
    private byte[] now = new byte[0];
    private final List<byte[]> since = new ArrayList<>();

    private void become(byte[] next) {
      now = next;
      since.add(next);
    }

    private void force() {
      forced = now;
      since.clear();
    }

    private Content afterPowerCut(Random random) {
      int survived = random.nextInt(since.size() + 1);
      byte[] kept = survived == 0 ? forced : since.get(survived - 1);
      if (survived < since.size()) {
        byte[] next = since.get(survived);
        if (next.length > kept.length) {
          // The next write in part.
          int more = random.nextInt(next.length - kept.length);
          kept = Arrays.copyOf(next, kept.length + more);
        }
      }
      Content content = new Content();
      content.forced = kept;
      content.now = kept;
      return content;
    }
  }

  /** The power is back; it will be cut again after {@code next} operations. */
  synchronized ForgetfulDisk afterPowerCut(int next) {
    ForgetfulDisk disk = new ForgetfulDisk(random.nextLong(), next);
    Set<String> names = new TreeSet<>(files.keySet());
    names.addAll(forcedNames.keySet());
    for (String name : names) {
      Content now = files.get(name);
      Content before = forcedNames.get(name);
      Content survivor = now == before || random.nextBoolean() ? now : before;
      if (survivor != null) {
        Content content = survivor.afterPowerCut(random);
        disk.files.put(name, content);
        disk.forcedNames.put(name, content);
      }
    }
    return disk;
  }

  /** A process of this machine was killed; the next one finds all it has written, forced or not. */
  synchronized ForgetfulDisk afterKill(int next) {
    ForgetfulDisk disk = new ForgetfulDisk(random.nextLong(), next);
    disk.files.putAll(files);
    disk.forcedNames.putAll(forcedNames);
    return disk;
  }

  synchronized int steps() {
    return steps;
  }

  synchronized boolean cut() {
    return stepsLeft <= 0;
  }

  synchronized byte[] content(String name) {
    Content content = files.get(name);
    return content == null ? new byte[0] : content.now.clone();
  }

  private void step() throws IOException {
    steps++;
    if (stepsLeft-- <= 0) {
      stepsLeft = 0;
      throw new IOException("the power was cut");
    }
  }

  @Override
  public synchronized Set<String> names() throws IOException {
    if (stepsLeft <= 0) {
      throw new IOException("the power was cut");
    }
    return new TreeSet<>(files.keySet());
  }

  @Override
  public synchronized LaneFile open(String name) throws IOException {
    if (!files.containsKey(name)) {
      return create(name);
    }
    return new Handle(files.get(name));
  }

  @Override
  public LaneFile openToRead(String name) throws IOException {
    return open(name);
  }

  @Override
  public LaneFile openSecret(String name) throws IOException {
    return openToRead(name);
  }

  @Override
  public synchronized LaneFile create(String name) throws IOException {
    if (files.containsKey(name)) {
      throw new FileAlreadyExistsException(name);
    }
    step();
    Content content = new Content();
    files.put(name, content);
    return new Handle(content);
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    step();
    files.remove(name);
  }

  @Override
  public synchronized void force() throws IOException {
    step();
    forcedNames.clear();
    forcedNames.putAll(files);
  }

  private final class Handle implements LaneFile {

    private final Content content;

    Handle(Content content) {
      this.content = content;
    }

    @Override
    public long size() {
      synchronized (ForgetfulDisk.this) {
        return content.now.length;
      }
    }

    @Override
    public byte[] tail(int length) {
      synchronized (ForgetfulDisk.this) {
        return Arrays.copyOfRange(content.now, content.now.length - length, content.now.length);
      }
    }

    @Override
    public void read(long position, byte[] bytes, int start, int length) {
      synchronized (ForgetfulDisk.this) {
        System.arraycopy(content.now, (int) position, bytes, start, length);
      }
    }

    @Override
    public void write(long position, byte[] bytes, int length) throws IOException {
      synchronized (ForgetfulDisk.this) {
        step();
        int end = (int) position + length;
        byte[] next = Arrays.copyOf(content.now, Math.max(end, content.now.length));
        System.arraycopy(bytes, 0, next, (int) position, length);
        content.become(next);
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      synchronized (ForgetfulDisk.this) {
        step();
        content.become(Arrays.copyOf(content.now, (int) size));
      }
    }

    @Override
    public void force() throws IOException {
      synchronized (ForgetfulDisk.this) {
        step();
        content.force();
      }
    }

    @Override
    public void close() {}
  }
}
