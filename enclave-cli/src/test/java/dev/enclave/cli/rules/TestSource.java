package dev.enclave.cli.rules;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A class of the tests, as its source in google-java-format has it: what is above its body, and the
 * members of the body. Of text in it only the names of tags are left.
 */
final class TestSource {

  /** What starts a process, or lets time pass. */
  private static final Pattern STARTS =
      Pattern.compile(
          "new ProcessBuilder\\(|\\bEmbeddedPostgres\\b|\\bThread\\.sleep\\("
              + "|\\bpark(Nanos|Until)\\(|\\bTimeUnit\\.\\w+\\.sleep\\(");

  private static final Pattern TEST =
      Pattern.compile(
          "@(Test|ParameterizedTest|Property|TestFactory|RepeatedTest|TestTemplate|Example)\\b");
  private static final Pattern AROUND =
      Pattern.compile("@((Before|After)(Each|All|Try|Property|Container)|RegisterExtension)\\b");
  private static final Pattern FULL = Pattern.compile("\\bTag\\(<full>\\)");
  private static final Pattern STARTED_BY_TAG =
      Pattern.compile("\\bTag\\(<needs-(?!wycheproof|transparency)[\\w-]+>\\)");

  private enum Kind {
    TEST,
    /** Fields, constructors and what a runner calls around every test. */
    AROUND,
    OTHER
  }

  private static final class Member {
    private final String name;
    private final Kind kind;
    private final String text;
    private boolean starts;

    Member(String name, Kind kind, String text) {
      this.name = name;
      this.kind = kind;
      this.text = text;
      starts = STARTS.matcher(text).find();
    }
  }

  final String module;
  final String name;
  private final boolean shared;
  private final String header;

  /** A helper with the tag starts nothing in the first tier. */
  private final boolean onlyInFull;

  private final Set<String> words = new HashSet<>();
  private final List<Member> members = new ArrayList<>();
  private final List<TestSource> used = new ArrayList<>();
  private boolean starts;

  /**
   * Reads one.
   *
   * @param shared whether other modules use it
   */
  TestSource(String module, String name, boolean shared, String source) {
    this.module = module;
    this.name = name;
    this.shared = shared;
    String code = withoutText(source);
    Matcher declared =
        Pattern.compile(
                "(?m)^([\\w-]+ )*(class|interface|record|enum|@interface) " + name + "\\b[^{]*")
            .matcher(code);
    if (!declared.find()) {
      throw new IllegalArgumentException(name + ".java declares no " + name + ".");
    }
    String above = code.substring(0, declared.end());
    header = above.substring(above.lastIndexOf("\nimport ") + 1).replaceFirst("^import .*", "");
    onlyInFull = FULL.matcher(header).find();
    String body = code.substring(declared.end() + 1);
    Matcher word = Pattern.compile("\\b[A-Z]\\w*").matcher(header + body);
    while (word.find()) {
      words.add(word.group());
    }
    readMembers(body);
  }

  private static String withoutText(String source) {
    String kept = source.replaceAll("Tag\\(\"([\\w-]+)\"\\)", "Tag(<$1>)");
    kept = kept.replaceAll("(?s)\"\"\"\\s*\n.*?\"\"\"", "\"\"");
    return Pattern.compile(
            "//[^\n]*|/\\*[^*]*+(?:\\*(?!/)[^*]*+)*+\\*/"
                + "|\"(?:\\\\.|[^\"\\\\\n])*+\"|'(?:\\\\.|[^'\\\\\n])++'")
        .matcher(kept)
        .replaceAll("");
  }

  private void readMembers(String body) {
    StringBuilder text = new StringBuilder();
    int depth = 1;
    for (String line : body.lines().toList()) {
      if (line.isBlank() && text.isEmpty()) {
        continue;
      }
      text.append(line).append('\n');
      depth += count(line, '{') - count(line, '}');
      if (depth == 1
          && (line.stripTrailing().endsWith("}") || line.stripTrailing().endsWith(";"))) {
        members.add(member(text.toString()));
        text.setLength(0);
      }
    }
  }

  private static int count(String line, char c) {
    return (int) line.chars().filter(other -> other == c).count();
  }

  private Member member(String text) {
    String bare = text.replaceAll("@\\w+(\\.\\w+)*(\\((?:[^()]|\\([^()]*\\))*\\))?", "");
    String annotated = text.split("\\{", 2)[0];
    Matcher type =
        Pattern.compile("\\b(?:class|record|enum|interface) (\\w+)")
            .matcher(bare.split("\\{", 2)[0]);
    if (type.find()) {
      return new Member(type.group(1), TEST.matcher(text).find() ? Kind.TEST : Kind.OTHER, text);
    }
    String head = bare.split("[={;]", 2)[0];
    Matcher method = Pattern.compile("(\\w+)\\s*\\(").matcher(head);
    String called =
        method.find() ? method.group(1) : head.strip().replaceFirst("(?s)^.*?(\\w*)$", "$1");
    Kind kind = Kind.OTHER;
    if (AROUND.matcher(annotated).find() || called.equals(name) || head.indexOf('(') < 0) {
      kind = Kind.AROUND;
    } else if (TEST.matcher(annotated).find()) {
      kind = Kind.TEST;
    }
    return new Member(called, kind, text);
  }

  /** Finds out, for all of them, what starts something through something else. */
  static void connect(List<TestSource> sources) {
    for (TestSource source : sources) {
      for (TestSource other : sources) {
        if (other != source
            && source.words.contains(other.name)
            && (other.shared || other.module.equals(source.module))) {
          source.used.add(other);
        }
      }
    }
    boolean changed = true;
    while (changed) {
      changed = false;
      for (TestSource source : sources) {
        changed |= source.followed();
      }
    }
  }

  private boolean followed() {
    boolean changed = false;
    for (Member member : members) {
      if (!member.starts && startsThroughOthers(member)) {
        member.starts = true;
        changed = true;
      }
    }
    boolean whole =
        members.stream().anyMatch(m -> m.kind == Kind.AROUND && m.starts)
            || used.stream().anyMatch(other -> other.starts && has(header, other.name, ""));
    changed |= whole != starts;
    starts = whole;
    return changed;
  }

  private boolean startsThroughOthers(Member member) {
    for (Member other : members) {
      if (other.starts && other != member && has(member.text, other.name, "")) {
        return true;
      }
    }
    for (TestSource other : used) {
      if (other.isTest() || other.onlyInFull) {
        continue;
      }
      if (other.starts && has(member.text, other.name, "(?!\\.[a-z])")) {
        return true;
      }
      for (Member theirs : other.members) {
        String called = Character.isLowerCase(theirs.name.charAt(0)) ? "(?=\\()" : "";
        if (theirs.starts
            && !theirs.name.equals(other.name)
            && (has(member.text, theirs.name, called)
                || member.text.contains("::" + theirs.name + ")"))) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean has(String text, String word, String after) {
    int from = text.indexOf(word);
    return from >= 0 && Pattern.compile("\\b" + word + "\\b" + after).matcher(text).find(from);
  }

  /** Whether a build runs it. */
  boolean isTest() {
    return name.endsWith("Test") && !header.contains("abstract class ");
  }

  /** Whether all of it is left out of the first tier. */
  boolean isFull() {
    return FULL.matcher(header).find()
        || used.stream()
            .anyMatch(
                other ->
                    Pattern.compile("\\bextends " + other.name + "\\b").matcher(header).find()
                        && other.isFull());
  }

  /** Whether it wants the machine for itself. */
  boolean isAlone() {
    return isTest() && header.contains("@Tag(<alone>)");
  }

  /** Tests of the first tier that start a process or wait on a real clock. */
  List<String> startedInTheFirstTier() {
    if (isFull()) {
      return List.of();
    }
    boolean whole = starts || STARTED_BY_TAG.matcher(header).find();
    return members.stream()
        .filter(m -> m.kind == Kind.TEST && !FULL.matcher(m.text).find())
        .filter(m -> whole || m.starts || STARTED_BY_TAG.matcher(m.text).find())
        .map(m -> module + " " + name + "." + m.name)
        .toList();
  }

  /** How many test methods it declares, of this tier. */
  int methods(boolean full) {
    boolean all = isFull();
    int found = 0;
    for (Member member : members) {
      if (member.kind == Kind.TEST && (all || FULL.matcher(member.text).find()) == full) {
        Matcher test = TEST.matcher(member.text);
        while (test.find()) {
          found++;
        }
      }
    }
    return found;
  }
}
