package dev.enclave.cli.rules;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.Types;
import org.jspecify.annotations.Nullable;

/** Looks through sources and takes note of what breaks a rule. */
abstract class Rule extends TreePathScanner<@Nullable Void, @Nullable Void> {

  private final Sources sources;
  private final Trees trees;
  private final TypeMirror throwable;
  private final List<Violation> violations = new ArrayList<>();

  /**
   * Where a rule is broken, and how.
   *
   * @param place class and method
   * @param line in the file
   * @param what is wrong
   */
  record Violation(String place, long line, String what) {}

  Rule(Sources sources) {
    this.sources = sources;
    this.trees = Trees.instance(sources.task());
    this.throwable =
        Objects.requireNonNull(sources.task().getElements().getTypeElement("java.lang.Throwable"))
            .asType();
  }

  List<Violation> violations() {
    violations.clear();
    for (CompilationUnitTree unit : sources.units()) {
      scan(unit, null);
    }
    return List.copyOf(violations);
  }

  Trees trees() {
    return trees;
  }

  Types types() {
    return sources.task().getTypes();
  }

  TypeMirror throwable() {
    return throwable;
  }

  @Nullable TypeMirror typeOf(Tree tree) {
    return trees.getTypeMirror(new TreePath(getCurrentPath(), tree));
  }

  String packageName() {
    return String.valueOf(getCurrentPath().getCompilationUnit().getPackageName());
  }

  void report(Tree tree, String what) {
    CompilationUnitTree unit = getCurrentPath().getCompilationUnit();
    long line =
        unit.getLineMap().getLineNumber(trees.getSourcePositions().getStartPosition(unit, tree));
    violations.add(new Violation(place(), line, what));
  }

  private String place() {
    String method = "";
    String type = "";
    for (Tree tree : getCurrentPath()) {
      if (tree instanceof MethodTree found && method.isEmpty()) {
        method = "." + found.getName();
      } else if (tree instanceof ClassTree found && !found.getSimpleName().isEmpty()) {
        type = found.getSimpleName() + (type.isEmpty() ? "" : "." + type);
      }
    }
    return packageName() + "." + type + method;
  }
}
