package dev.enclave.benchmarks.report;

import java.util.ArrayList;
import java.util.List;

/** Lays rows of cells out, so that the cells of a column stand below each other. */
final class Columns {

  private Columns() {}

  static List<String> of(List<List<String>> rows) {
    List<Integer> widths = new ArrayList<>();
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        if (i == widths.size()) {
          widths.add(0);
        }
        widths.set(i, Math.max(widths.get(i), row.get(i).length()));
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, List<Integer> widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      String cell = row.get(i);
      line.append(i == 0 ? "" : " | ")
          .append(cell)
          .append(" ".repeat(widths.get(i) - cell.length()));
    }
    return line.toString().replaceFirst("[ |]+$", "");
  }
}
