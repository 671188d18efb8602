package dev.enclave.cli.rules;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreePath;
import java.util.List;
import javax.lang.model.element.Element;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import org.jspecify.annotations.Nullable;

/**
 * A log line's text is a constant, or a constant of a module's texts that is filled, and what it
 * tells of is its arguments: so nothing in them is read as a pattern, and a reader of the code sees
 * all that is logged. Bytes and exceptions are no arguments.
 */
final class ConstantLogTexts extends Rule {

  ConstantLogTexts(Sources sources) {
    super(sources);
  }

  @Override
  public @Nullable Void visitMethodInvocation(MethodInvocationTree call, @Nullable Void nothing) {
    Element called = trees().getElement(getCurrentPath());
    if (called != null
        && called.getSimpleName().contentEquals("log")
        && String.valueOf(called.getEnclosingElement()).equals("java.lang.System.Logger")) {
      List<? extends ExpressionTree> arguments = call.getArguments();
      if (!isConstant(arguments.get(1))) {
        report(call, "logs a text that is made when it runs");
      }
      for (ExpressionTree argument : arguments.subList(2, arguments.size())) {
        examine(argument);
      }
    }
    return super.visitMethodInvocation(call, null);
  }

  private boolean isConstant(Tree text) {
    if (text instanceof ParenthesizedTree inner) {
      return isConstant(inner.getExpression());
    }
    if (text instanceof BinaryTree sum) {
      return isConstant(sum.getLeftOperand()) && isConstant(sum.getRightOperand());
    }
    Element element = trees().getElement(new TreePath(getCurrentPath(), text));
    if (text instanceof MethodInvocationTree && element != null) {
      return element.toString().equals("with(java.lang.Object...)")
          && MessageTexts.TEXT.contains(String.valueOf(element.getEnclosingElement()));
    }
    return text instanceof LiteralTree
        || (element instanceof VariableElement constant && constant.getConstantValue() != null);
  }

  private void examine(ExpressionTree argument) {
    TypeMirror type = typeOf(argument);
    if (type == null) {
      return;
    }
    if (type.getKind() == TypeKind.ARRAY) {
      report(argument, "logs an array");
    } else if (types().isSubtype(type, throwable())) {
      report(argument, "logs an exception");
    }
  }
}
