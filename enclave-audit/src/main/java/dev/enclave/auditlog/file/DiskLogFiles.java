package dev.enclave.auditlog.file;

import dev.enclave.kit.claim.FileClaim;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A directory on disk. The files of a lane are changed only while its claim holds.
 *
 * @param directory which exists
 * @param claim of the lane whose files are changed, if they are those of one
 */
public record DiskLogFiles(Path directory, Optional<FileClaim> claim) implements LogFiles {

  public DiskLogFiles(Path directory) {
    this(directory, Optional.empty());
  }

  @Override
  public Set<String> names() throws IOException {
    // Listed, not asked one by one: a file that may not be seen must not count as absent.
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Override
  public LaneFile open(String name) throws IOException {
    requireClaim();
    return DiskLaneFile.open(directory.resolve(name), claim);
  }

  @Override
  public LaneFile openToRead(String name) throws IOException {
    return DiskLaneFile.openToRead(directory.resolve(name));
  }

  @Override
  public LaneFile openSecret(String name) throws IOException {
    return DiskLaneFile.openSecret(directory.resolve(name));
  }

  @Override
  public LaneFile create(String name) throws IOException {
    requireClaim();
    return DiskLaneFile.create(directory.resolve(name), claim);
  }

  @Override
  public void delete(String name) throws IOException {
    requireClaim();
    Files.deleteIfExists(directory.resolve(name));
  }

  @Override
  public void force() throws IOException {
    // Windows opens no directories and needs no such step.
    if (OwnerOnly.posix()) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private void requireClaim() throws IOException {
    if (claim.isPresent()) {
      claim.get().require();
    }
  }
}
