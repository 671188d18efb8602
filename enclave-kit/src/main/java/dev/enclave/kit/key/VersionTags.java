package dev.enclave.kit.key;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.RotationInterval;
import dev.enclave.kit.texts.Texts;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What the tags of one version say, where versions are private keys with tags. What somebody else
 * mangled counts as absent, except a stamp.
 *
 * @param prefix of the names of Enclave's
 * @param tags all of them
 */
record VersionTags(String prefix, Map<String, String> tags) {

  /** The version's own id: without it, tags were copied from another one. */
  static final String OWN = "version";

  static final String MADE = "made";
  static final String CLAIMS = "active";
  static final String MARK = "state";
  static final String REPLACEMENT = "replaced-by";
  static final String FIRST = "first";
  static final String ACTIVATED = "activated";
  static final String RESTORING = "restoring";
  static final String MOVED = "moved-to";

  private static final int LONGEST = 256;
  private static final int PARTS = 3;
  private static final String END = "/";

  /** The number in that place of the words of a tag; 0 if there is none. */
  private static int numberAt(String[] words, int place) {
    return words.length > place ? StoredText.number(words[place]) : 0;
  }

  /** The state in that place, or the one that goes without saying; nothing if it was mangled. */
  private static Optional<KeyState> stateAt(String[] words, int place, KeyState unsaid) {
    return words.length > place
        ? StoredText.constant(KeyState.values(), words[place])
        : Optional.of(unsaid);
  }

  /** What a version was made for. */
  enum Purpose {
    CREATION,
    ROTATION,
    RESTORATION
  }

  /**
   * By which operation a version was made.
   *
   * @param number which version it was meant to be; names, where there are any, are the truth
   * @param of of how many, if it was restored; else 0
   * @param state in which it was restored
   */
  record Made(Purpose purpose, String operationId, int number, int of, KeyState state) {

    static Made of(Purpose purpose, String operationId, int number) {
      return new Made(purpose, operationId, number, 0, KeyState.PENDING);
    }

    private static Optional<Made> parse(String text) {
      String[] words = text.split("/", -1);
      int number = numberAt(words, 2);
      int of = numberAt(words, 3);
      Optional<KeyState> state = stateAt(words, 4, KeyState.PENDING);
      boolean restored = words[0].equals(Purpose.RESTORATION.name());
      boolean whole = restored ? words.length == 5 && of >= number : words.length == 3;
      return whole && number > 0 && state.isPresent()
          ? StoredText.constant(Purpose.values(), words[0])
              .map(purpose -> new Made(purpose, words[1], number, of, state.get()))
          : Optional.empty();
    }

    String text() {
      String text = purpose + "/" + operationId + "/" + number;
      return of == 0 ? text : text + "/" + of + "/" + state;
    }

    boolean restored() {
      return purpose == Purpose.RESTORATION;
    }
  }

  /**
   * That a version is the one of that number to become active.
   *
   * @param second when that was claimed, in seconds since 1970, if it is written down
   * @param left what becomes of the version that it replaces
   */
  record Claim(int number, Optional<Long> second, KeyState left) {

    private static Optional<Claim> parse(String text) {
      String[] words = text.split("/", -1);
      int number = numberAt(words, 0);
      Optional<KeyState> left = stateAt(words, 2, KeyState.VERIFY_ONLY);
      Optional<Long> second =
          Optional.of(words.length > 1 ? words[1] : "")
              .filter(word -> word.matches("[0-9]{1,12}"))
              .map(Long::valueOf);
      return number < 2 || words.length > 3
          ? Optional.empty()
          : left.map(state -> new Claim(number, second, state));
    }

    private String text() {
      String at = second.map(s -> "/" + s).orElse("");
      return left == KeyState.VERIFY_ONLY
          ? number + at
          : number + (at.isEmpty() ? "/" : at) + "/" + left;
    }
  }

  /**
   * What became of a version that the service has no word for.
   *
   * @param kind RETIRED by an administrator, REPLACED by a rotation, or DESTROYED
   * @param number after which decision it was retired, 0 for one that came so; by which it was
   *     replaced
   * @param left what it is since it was replaced
   */
  record Mark(Kind kind, int number, KeyState left) {

    enum Kind {
      RETIRED,
      REPLACED,
      DESTROYED
    }

    static Mark retired(int number) {
      return new Mark(Kind.RETIRED, number, KeyState.VERIFY_ONLY);
    }

    private static Optional<Mark> parse(String text) {
      String[] words = text.split("/", -1);
      Optional<KeyState> left = stateAt(words, 2, KeyState.VERIFY_ONLY);
      int number = numberAt(words, 1);
      return StoredText.constant(Kind.values(), words[0])
          .flatMap(kind -> left.map(state -> new Mark(kind, number, state)));
    }

    String text() {
      return kind + "/" + number + (left == KeyState.VERIFY_ONLY ? "" : "/" + left);
    }

    /** Whether it holds for a version whose last activation has that number. */
    boolean holdsSince(int activation) {
      return switch (kind) {
        case RETIRED -> number == 0 ? activation < 2 : number >= activation;
        case REPLACED -> number > activation;
        case DESTROYED -> true;
      };
    }
  }

  /**
   * What a version says of one of the key, as that one may be gone one day: of the one that is
   * meant to replace it, of the first one, or of itself.
   *
   * @param activation by which it became active, or is to
   * @param number which version it is
   * @param id its own
   * @param at when it became active, or the first one was made
   */
  record Note(int activation, int number, String id, Instant at) {

    private static Optional<Note> parse(String text) {
      String[] words = text.split("/", -1);
      int activation = numberAt(words, 0);
      int number = numberAt(words, 1);
      return words.length != 4 || activation == 0 || number == 0
          ? Optional.empty()
          : StoredText.instant(words[3]).map(at -> new Note(activation, number, words[2], at));
    }

    String text() {
      return activation + "/" + number + "/" + id + "/" + at.toEpochMilli();
    }
  }

  /** How often the key is due, and how many times that was changed: the highest counts. */
  record Rotation(RotationInterval interval, int change) {

    private static Optional<Rotation> parse(String text) {
      String[] words = text.split("/", -1);
      int change = numberAt(words, 1);
      return words.length > 2 || (words.length == 2 && change == 0)
          ? Optional.empty()
          : StoredText.interval(words[0]).map(interval -> new Rotation(interval, change));
    }

    Rotation changedTo(RotationInterval other) {
      return other.equals(interval) ? this : new Rotation(other, change + 1);
    }

    String text() {
      return change == 0 ? interval.toString() : interval + "/" + change;
    }
  }

  private Optional<String> text(String name) {
    return Optional.ofNullable(tags.get(prefix + name));
  }

  /** The key that it is a version of. */
  Optional<KeyName> name() {
    return text(KeyMetadata.KEY).flatMap(StoredText::name);
  }

  StampReading stamp() {
    String stamp = prefix + KeyMetadata.STAMP;
    return StoredText.stamp(Texts.TAG.with(stamp), tags.get(stamp), EnvironmentType::name);
  }

  Optional<KeyAlgorithm> algorithm() {
    return text(KeyMetadata.ALGORITHM).flatMap(StoredText::algorithm);
  }

  /** The interval as far as this version was told; what records none is not rotated unasked. */
  Rotation rotation() {
    return text(KeyMetadata.ROTATION)
        .flatMap(Rotation::parse)
        .orElse(new Rotation(RotationInterval.NEVER, 0));
  }

  /** By which operation it was made, and for what. */
  Optional<Made> made() {
    return text(MADE).flatMap(Made::parse);
  }

  /** To be the one of a number to become active. */
  List<Claim> claims() {
    return Arrays.stream(text(CLAIMS).orElse("").split(" ", -1))
        .flatMap(claim -> Claim.parse(claim).stream())
        .toList();
  }

  /** What became of it. */
  Optional<Mark> mark() {
    return text(MARK).flatMap(Mark::parse);
  }

  /** By which version it was meant to be replaced. */
  Optional<Note> replacement() {
    return text(REPLACEMENT).flatMap(Note::parse);
  }

  /** The key's first version. */
  Optional<Note> first() {
    return text(FIRST).flatMap(Note::parse);
  }

  /** When it became active, where the version that it replaced is gone. */
  Optional<Note> activated() {
    return text(ACTIVATED).flatMap(Note::parse);
  }

  /** Of the first version while a restoration is under way: of what. */
  Optional<String> restoring() {
    return text(RESTORING);
  }

  static String text(List<Claim> claims) {
    return claims.stream().map(Claim::text).collect(Collectors.joining(" "));
  }

  /** Those of a new version of a key. */
  static Map<String, String> of(String prefix, KeyMetadata key, Rotation rotation, Made made) {
    Map<String, String> tags = key.toTags(prefix, EnvironmentType::name);
    tags.put(prefix + KeyMetadata.ROTATION, rotation.text());
    tags.put(prefix + MADE, made.text());
    tags.keySet().removeAll(Set.of(prefix + KeyMetadata.OPERATION, prefix + KeyMetadata.RESTORED));
    return tags;
  }

  boolean madeFor(Purpose purpose) {
    return made().filter(m -> m.purpose() == purpose).isPresent();
  }

  String operationId() {
    return made().map(Made::operationId).orElse("");
  }

  /** Whether Enclave wrote them. */
  boolean ofEnclave() {
    return name().isPresent() && algorithm().isPresent() && made().isPresent();
  }

  /** The claim to a number. */
  Optional<Claim> claim(int number) {
    return claims().stream().filter(claim -> claim.number() == number).findFirst();
  }

  boolean restored() {
    return made().filter(Made::restored).isPresent();
  }

  /**
   * What holds of a version on which nothing was written since it was made: tags that say else were
   * copied from another one. What came retired or off is no more active.
   */
  VersionTags asMade() {
    Map<String, String> asMade = new TreeMap<>(tags);
    asMade.keySet().removeAll(later(prefix));
    made()
        .filter(Made::restored)
        .filter(m -> m.state() == KeyState.VERIFY_ONLY || m.state() == KeyState.DISABLED)
        .ifPresent(m -> asMade.put(prefix + MARK, Mark.retired(0).text()));
    return new VersionTags(prefix, asMade);
  }

  /** The names of the tags that an election writes after a version was made: all, or none. */
  static Set<String> later(String prefix) {
    Set<String> later = movedNames(prefix);
    later.add(prefix + CLAIMS);
    later.add(prefix + MARK);
    return later;
  }

  // Where a key was migrated to: the text of a handle over as many tags as it needs, "moved-to",
  // "moved-to-2", "moved-to-3", each of 256 letters, digits and -_.:/= at most. With = in place of
  // % and without *, ended by /.

  /** The names of all tags that may hold a part of it. */
  static Set<String> movedNames(String prefix) {
    Set<String> names = new TreeSet<>();
    for (int i = 0; i < PARTS; i++) {
      names.add(movedName(prefix, i));
    }
    return names;
  }

  private static String movedName(String prefix, int part) {
    return prefix + MOVED + (part == 0 ? "" : "-" + (part + 1));
  }

  /** The tags of a handle; nothing when it is too long for them. */
  static Optional<Map<String, String>> moved(String prefix, KeyHandle to) {
    String text = to.toString().replace("*", "%2A").replace('%', '=') + END;
    if (text.length() > PARTS * LONGEST) {
      return Optional.empty();
    }
    Map<String, String> tags = new TreeMap<>();
    for (int i = 0; i * LONGEST < text.length(); i++) {
      String part = text.substring(i * LONGEST, Math.min((i + 1) * LONGEST, text.length()));
      tags.put(movedName(prefix, i), part);
    }
    return Optional.of(tags);
  }

  /** Where the key was migrated to with this version. */
  Optional<KeyHandle> moved() {
    StringBuilder text = new StringBuilder();
    for (String name : movedNames(prefix)) {
      text.append(tags.getOrDefault(name, ""));
    }
    int end = text.indexOf(END);
    return end < 0
        ? Optional.empty()
        : StoredText.handle(text.substring(0, end).replace('=', '%').replace("%2A", "*"));
  }
}
