package dev.enclave.kit.record;

import dev.enclave.Bytes;
import dev.enclave.kit.kek.Wrapped;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A record taken apart; nothing in it is to be trusted before a section was opened.
 *
 * @param head which key of which store it is of
 * @param dataKey the key that all sections are sealed under, wrapped
 * @param commitment commits to that key
 * @param headBytes the whole head, which is authenticated with every section
 * @param sections in their order
 */
record SealedRecord(
    RecordHead head, Wrapped dataKey, Bytes commitment, Bytes headBytes, List<Section> sections) {

  /** The label of the section that says all that is known of the key but its private halves. */
  static final String MANIFEST = "manifest";

  SealedRecord {
    sections = List.copyOf(sections);
  }

  /**
   * Takes a record apart.
   *
   * @throws IOException when it is none of this format, or not whole
   */
  static SealedRecord parse(Bytes record) throws IOException {
    return RecordFormat.parse(record);
  }

  /** The section of this label, if it is there. */
  Optional<Section> section(String label) {
    return sections.stream().filter(section -> section.label().equals(label)).findFirst();
  }

  List<String> labels() {
    return sections.stream().map(Section::label).toList();
  }

  /** The same with another manifest, and those other sections whose labels stay. */
  SealedRecord with(Section manifest, Predicate<String> stays) {
    List<Section> changed = new ArrayList<>(List.of(manifest));
    sections.stream()
        .filter(section -> !section.label().equals(MANIFEST) && stays.test(section.label()))
        .forEach(changed::add);
    return new SealedRecord(head, dataKey, commitment, headBytes, changed);
  }

  Bytes bytes() {
    return RecordFormat.whole(headBytes, sections);
  }
}
