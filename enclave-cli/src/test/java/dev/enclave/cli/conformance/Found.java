package dev.enclave.cli.conformance;

import dev.enclave.processes.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What one class of contract tests wrote down in this build. */
record Found(
    String backend,
    String against,
    String what,
    Set<String> traits,
    Map<String, String> contracts) {

  /** All of this build; the modules before this one have run their tests. */
  static List<Found> all() {
    try {
      List<Path> files = new ArrayList<>();
      for (Path module : Checkout.modules()) {
        Path folder = module.resolve("target/conformance");
        if (Files.isDirectory(folder)) {
          try (Stream<Path> records = Files.list(folder)) {
            records.filter(file -> file.toString().endsWith(".tsv")).forEach(files::add);
          }
        }
      }
      return files.stream()
          .map(Found::read)
          .sorted(
              Comparator.comparing(Found::backend)
                  .thenComparing(Found::against)
                  .thenComparing(Found::what))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Found read(Path file) {
    Map<String, String> heads = new HashMap<>();
    Map<String, String> contracts = new TreeMap<>();
    try {
      for (String line : Files.readAllLines(file)) {
        String[] cells = line.split("\t", -1);
        if (cells.length == 2) {
          heads.put(cells[0], cells[1]);
        } else {
          contracts.put(
              cells[0], cells[1] + (cells[2].equals("0") ? "" : ", " + cells[2] + " not there"));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Found(
        heads.getOrDefault("backend", ""),
        heads.getOrDefault("against", ""),
        heads.getOrDefault("what", ""),
        Set.of(heads.getOrDefault("traits", "").split(",", -1)),
        contracts);
  }
}
