package dev.enclave.cli.rules;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.TypeCastTree;
import com.sun.source.util.TreePath;
import java.util.Set;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.UnionType;
import org.jspecify.annotations.Nullable;

/**
 * Follows every expression whose type is an exception that is not ours. Such an exception may be
 * thrown on, kept and handed to our own code, which is looked at too; its class and stack trace may
 * be read, and what it says by number. Its message, and the exception as the cause of another or in
 * a log, may not; nor may the text in the details that clients of clouds hang on it.
 */
final class ForeignExceptions extends Rule {

  private static final Set<String> HARMLESS =
      Set.of(
          "getClass",
          "getStackTrace",
          "getCause",
          "getSuppressed",
          // Of a database: a number.
          "getErrorCode",
          // Of the clouds' clients: a number, a truth, a truth.
          "statusCode",
          "isThrottlingException",
          "isClockSkewException");

  /** The texts of those who answered, in what an exception of theirs carries. */
  private static final Set<String> TEXTS =
      Set.of(
          "software.amazon.awssdk.awscore.exception.AwsErrorDetails.errorMessage",
          "software.amazon.awssdk.awscore.exception.AwsErrorDetails.rawResponse",
          "io.grpc.Status.getDescription",
          "io.grpc.Status.getCause");

  private static final String BACKEND_FAILURE = "dev.enclave.spi.BackendFailure";
  private static final String REDACTION = "dev.enclave.internal";

  ForeignExceptions(Sources sources) {
    super(sources);
  }

  @Override
  public @Nullable Void visitIdentifier(IdentifierTree tree, @Nullable Void nothing) {
    examine(tree);
    return super.visitIdentifier(tree, null);
  }

  @Override
  public @Nullable Void visitMemberSelect(MemberSelectTree tree, @Nullable Void nothing) {
    examine(tree);
    return super.visitMemberSelect(tree, null);
  }

  @Override
  public @Nullable Void visitNewClass(NewClassTree tree, @Nullable Void nothing) {
    examine(tree);
    return super.visitNewClass(tree, null);
  }

  @Override
  public @Nullable Void visitMethodInvocation(MethodInvocationTree tree, @Nullable Void nothing) {
    examine(tree);
    if (TEXTS.contains(name(trees().getElement(getCurrentPath())))) {
      report(tree, "asks for the text of one who answered");
    }
    if (isQuotingABackend(tree)) {
      report(tree, "the text of a BackendFailure is not made fit by ForeignText");
    }
    return super.visitMethodInvocation(tree, null);
  }

  @Override
  public @Nullable Void visitMemberReference(MemberReferenceTree tree, @Nullable Void nothing) {
    TypeMirror type = typeOf(tree.getQualifierExpression());
    if (tree.getMode() == MemberReferenceTree.ReferenceMode.INVOKE
        && isForeign(type)
        && !HARMLESS.contains(tree.getName().toString())) {
      report(tree, "asks a foreign exception for " + tree.getName());
    }
    return super.visitMemberReference(tree, null);
  }

  private void examine(ExpressionTree tree) {
    Element element = trees().getElement(getCurrentPath());
    boolean isType = element instanceof TypeElement && !(tree instanceof NewClassTree);
    if (!isType && isForeign(trees().getTypeMirror(getCurrentPath()))) {
      examineUse(tree);
    }
  }

  private void examineUse(ExpressionTree exception) {
    TreePath path = getCurrentPath().getParentPath();
    Tree used = exception;
    while (path.getLeaf() instanceof ParenthesizedTree || path.getLeaf() instanceof TypeCastTree) {
      used = path.getLeaf();
      path = path.getParentPath();
    }
    Tree by = path.getLeaf();
    if (by instanceof MemberSelectTree selection) {
      if (!HARMLESS.contains(selection.getIdentifier().toString())) {
        report(exception, "asks a foreign exception for " + selection.getIdentifier());
      }
    } else if (by instanceof MethodInvocationTree call && call.getMethodSelect() != used) {
      requireOurs(exception, trees().getElement(path));
    } else if (by instanceof NewClassTree && !(exception instanceof NewClassTree && used == by)) {
      requireOurs(exception, trees().getElement(path));
    } else if (by instanceof BinaryTree binary && binary.getKind() == Tree.Kind.PLUS) {
      report(exception, "writes a foreign exception into a text");
    } else if (by.getKind() == Tree.Kind.PLUS_ASSIGNMENT) {
      report(exception, "writes a foreign exception into a text");
    }
  }

  private static String name(@Nullable Element called) {
    return called == null ? "" : called.getEnclosingElement() + "." + called.getSimpleName();
  }

  /** To be given another type is to be passed to nobody. */
  private static boolean isCast(Element called) {
    return Set.of("java.lang.Class.cast", "java.lang.Class.isInstance").contains(name(called));
  }

  private void requireOurs(Tree exception, @Nullable Element called) {
    if (called == null || !(isOurs(called) || isCast(called))) {
      report(exception, "hands a foreign exception to " + called);
    }
  }

  private boolean isQuotingABackend(MethodInvocationTree call) {
    if (!(call.getMethodSelect() instanceof MemberSelectTree selection)
        || !selection.getIdentifier().contentEquals("getMessage")
        || !(packageName() + ".").matches("dev\\.enclave\\.(core|auditlog)\\..*")) {
      return false;
    }
    TypeMirror receiver = typeOf(selection.getExpression());
    return receiver != null
        && receiver.toString().equals(BACKEND_FAILURE)
        && !isArgumentOf(REDACTION + ".ForeignText");
  }

  private boolean isArgumentOf(String owner) {
    TreePath parent = getCurrentPath().getParentPath();
    Element called = trees().getElement(parent);
    return parent.getLeaf() instanceof MethodInvocationTree
        && called != null
        && String.valueOf(called.getEnclosingElement()).equals(owner);
  }

  private boolean isForeign(@Nullable TypeMirror type) {
    if (type instanceof UnionType union) {
      return union.getAlternatives().stream().anyMatch(this::isForeign);
    }
    if (type == null || type.getKind() != TypeKind.DECLARED) {
      return false;
    }
    return types().isSubtype(type, throwable()) && !isOurs(((DeclaredType) type).asElement());
  }

  private static boolean isOurs(Element element) {
    Element outermost = element;
    while (outermost.getEnclosingElement() != null
        && !(outermost.getEnclosingElement() instanceof javax.lang.model.element.PackageElement)) {
      outermost = outermost.getEnclosingElement();
    }
    return (outermost + ".").startsWith("dev.enclave.");
  }
}
