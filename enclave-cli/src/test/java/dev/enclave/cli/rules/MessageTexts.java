package dev.enclave.cli.rules;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreePath;
import com.sun.source.util.Trees;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import org.jspecify.annotations.Nullable;

/**
 * How messages are written: a text is a constant of its module's enum, has as many values as holes,
 * and one type of value for holes of one name in a module. No value is an exception, an array, an
 * Optional or a secret. No literal of several words is outside the enum, but labels in capitals, as
 * PEM has them; what the JDK is given: patterns, names, and what its exceptions and checks tell who
 * debugs code; what a backend is asked to do ("sign with key x"), which is said of each call, on
 * good paths too, and stands in a parameter or variable named {@code toDo}; tables of settings, in
 * one named {@code table}; and statements, in one named {@code sql}.
 */
final class MessageTexts extends Rule {

  /** What is reported of a literal. */
  static final String OUTSIDE = "has words outside Texts";

  private static final Set<String> NO_TEXT = Set.of("toDo", "sql", "table");

  /**
   * Of the API, which knows nothing of backends, of the other modules, and of one without the API.
   */
  static final Set<String> TEXT =
      Set.of(
          "dev.enclave.internal.texts.Wording",
          "dev.enclave.internal.Text",
          "dev.enclave.cryptoki.internal.texts.Texts");

  private static final Pattern HOLE = Pattern.compile("\\{([a-z][A-Za-z]*)}");
  private static final Pattern WORDS =
      Pattern.compile("(?=[^a-z]*[a-z]).*([A-Za-z] | [A-Za-z])", Pattern.DOTALL);

  /** Parameters before the values. */
  private static final Map<String, Integer> FILLING =
      Map.of(
          "with",
          0,
          "observed",
          0,
          "advice",
          0,
          "as",
          1,
          "permanent",
          1,
          "transientFailure",
          1,
          "ambiguous",
          1,
          "error",
          1,
          "warning",
          1,
          "finding",
          2);

  private static final Set<String> SECRET =
      Set.of("java.util.Optional", "dev.enclave.spi.SecretBytes");

  /** Of the JDK, what is given words that are no message; and so are its exceptions. */
  private static final Set<String> NO_MESSAGE =
      Set.of(
          "java.sql.Connection",
          "java.sql.Statement",
          "java.util.regex.Pattern",
          "java.util.Objects",
          "javax.security.auth.x500.X500Principal");

  private final Map<Element, Set<String>> holes = new HashMap<>();
  private final Map<String, String> types = new HashMap<>();

  MessageTexts(Sources sources) {
    super(sources);
    sources.units().forEach(unit -> new Constants().scan(unit, null));
  }

  /** Takes the holes of every constant. */
  private final class Constants
      extends com.sun.source.util.TreePathScanner<@Nullable Void, @Nullable Void> {
    @Override
    public @Nullable Void visitVariable(VariableTree variable, @Nullable Void nothing) {
      Element element = trees().getElement(getCurrentPath());
      if (isConstant(element) && variable.getInitializer() instanceof NewClassTree made) {
        Set<String> found = new LinkedHashSet<>();
        for (ExpressionTree part : made.getArguments()) {
          HOLE.matcher(words(trees(), new TreePath(getCurrentPath(), part)))
              .results()
              .forEach(hole -> found.add(hole.group(1)));
        }
        holes.put(element, found);
      }
      return super.visitVariable(variable, null);
    }
  }

  private boolean isConstant(@Nullable Element element) {
    return element != null
        && element.getKind() == ElementKind.ENUM_CONSTANT
        && element.getEnclosingElement() instanceof TypeElement type
        && isText(type.asType());
  }

  private boolean isText(@Nullable TypeMirror type) {
    return type != null
        && type.getKind() == TypeKind.DECLARED
        && (TEXT.contains(type.toString())
            || ((TypeElement) types().asElement(type))
                .getInterfaces().stream().anyMatch(it -> TEXT.contains(it.toString())));
  }

  private static String words(Trees trees, TreePath path) {
    Tree tree = path.getLeaf();
    if (tree instanceof LiteralTree literal) {
      return String.valueOf(literal.getValue());
    } else if (tree instanceof ParenthesizedTree inner) {
      return words(trees, new TreePath(path, inner.getExpression()));
    } else if (tree instanceof BinaryTree sum) {
      return words(trees, new TreePath(path, sum.getLeftOperand()))
          + words(trees, new TreePath(path, sum.getRightOperand()));
    }
    return trees.getElement(path) instanceof VariableElement constant
            && constant.getConstantValue() != null
        ? String.valueOf(constant.getConstantValue())
        : "";
  }

  @Override
  public @Nullable Void visitAnnotation(AnnotationTree annotation, @Nullable Void nothing) {
    return null;
  }

  @Override
  public @Nullable Void visitClass(ClassTree type, @Nullable Void nothing) {
    Element element = trees().getElement(getCurrentPath());
    boolean isEnum = element instanceof TypeElement && isText(element.asType());
    return isEnum ? null : super.visitClass(type, null);
  }

  @Override
  public @Nullable Void visitLiteral(LiteralTree literal, @Nullable Void nothing) {
    if (literal.getValue() instanceof String text
        && WORDS.matcher(text).find()
        && !isGivenToTheJdk()
        && !isNoText()) {
      report(literal, OUTSIDE);
    }
    return super.visitLiteral(literal, null);
  }

  private boolean isGivenToTheJdk() {
    TreePath path = getCurrentPath().getParentPath();
    while (path.getLeaf() instanceof BinaryTree
        || path.getLeaf() instanceof ConditionalExpressionTree
        || path.getLeaf() instanceof ParenthesizedTree) {
      path = path.getParentPath();
    }
    Element called = trees().getElement(path);
    return called instanceof ExecutableElement
        && called.getEnclosingElement() instanceof TypeElement owner
        && (NO_MESSAGE.contains(owner.toString())
            || (owner.toString().startsWith("java.")
                && types().isSubtype(owner.asType(), throwable())));
  }

  private boolean isNoText() {
    TreePath path = getCurrentPath();
    Tree part = path.getLeaf();
    while (part instanceof LiteralTree
        || part instanceof BinaryTree
        || part instanceof ParenthesizedTree) {
      path = path.getParentPath();
      Tree in = path.getLeaf();
      if (in instanceof MethodInvocationTree call) {
        return isNoText(path, call.getArguments().indexOf(part));
      } else if (in instanceof NewClassTree made) {
        return isNoText(path, made.getArguments().indexOf(part));
      } else if (in instanceof VariableTree variable) {
        return NO_TEXT.contains(variable.getName().toString());
      } else if (in instanceof AssignmentTree assignment) {
        Element to = trees().getElement(new TreePath(path, assignment.getVariable()));
        return to != null && NO_TEXT.contains(to.getSimpleName().toString());
      }
      part = in;
    }
    return false;
  }

  private boolean isNoText(TreePath call, int argument) {
    return trees().getElement(call) instanceof ExecutableElement called
        && argument >= 0
        && argument < called.getParameters().size()
        && NO_TEXT.contains(called.getParameters().get(argument).getSimpleName().toString());
  }

  @Override
  public @Nullable Void visitMethodInvocation(MethodInvocationTree call, @Nullable Void nothing) {
    Element called = trees().getElement(getCurrentPath());
    if (called != null
        && TEXT.contains(String.valueOf(called.getEnclosingElement()))
        && FILLING.containsKey(called.getSimpleName().toString())
        && call.getMethodSelect() instanceof MemberSelectTree selection) {
      int fixed = FILLING.get(called.getSimpleName().toString());
      examine(
          selection.getExpression(),
          call,
          call.getArguments().subList(fixed, call.getArguments().size()));
    }
    return super.visitMethodInvocation(call, null);
  }

  private void examine(ExpressionTree text, Tree call, List<? extends ExpressionTree> values) {
    if (text instanceof ParenthesizedTree inner) {
      examine(inner.getExpression(), call, values);
      return;
    }
    if (text instanceof ConditionalExpressionTree choice) {
      examine(choice.getTrueExpression(), call, values);
      examine(choice.getFalseExpression(), call, values);
      return;
    }
    Element constant = trees().getElement(new TreePath(getCurrentPath(), text));
    Set<String> names = constant == null ? null : holes.get(constant);
    if (names == null) {
      report(call, "fills a text that is no constant");
      return;
    }
    if (names.size() != values.size()) {
      report(call, "gives " + values.size() + " values for the holes " + names);
      return;
    }
    int at = 0;
    for (String name : names) {
      examine(constant.getEnclosingElement() + "." + name, name, values.get(at++));
    }
  }

  private void examine(String hole, String name, ExpressionTree value) {
    TypeMirror type = typeOf(value);
    if (type == null) {
      return;
    }
    String said = kind(type);
    if (type.getKind() == TypeKind.ARRAY
        || types().isSubtype(type, throwable())
        || SECRET.contains(said)) {
      report(value, "fills {" + name + "} with a " + said);
      return;
    }
    String known = types.putIfAbsent(hole, said);
    if (known != null && !known.equals(said)) {
      report(value, "fills {" + name + "} with a " + said + ", elsewhere with a " + known);
    }
  }

  private String kind(TypeMirror type) {
    if (type.getKind().isPrimitive() && type.getKind() != TypeKind.BOOLEAN) {
      return "number";
    }
    String erased = types().erasure(type).toString();
    return Set.of("java.lang.Integer", "java.lang.Long").contains(erased) ? "number" : erased;
  }
}
