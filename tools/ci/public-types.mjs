// Finds `any` in what a package exports: in the resolved types of its functions, classes, interfaces and constants,
// however deep, as far as they are declared in this repository.
//
// What another package declares is its own business: its types are not looked into, only what is handed to them as type
// arguments, so that `Promise<any>` is found. Theirs is also an argument that was left to their default, as in BullMQ's
// `Job`, which means `Job<any, any, string>`, and a default of ours that names a part of a type of theirs.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { root } from './workspace.mjs';

/** Every way into a package that has types: its TypeScript source, else the types that were built. */
export function entryPoints() {
  const entries = [];
  for (const folder of readdirSync(join(root, 'packages')).sort()) {
    const { exports } = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'));
    for (const target of Object.values(exports)) {
      const { types } = target;
      const source = target['@switchyard/source'];
      const file = source?.endsWith('.ts') ? source : types;
      if (file) entries.push(join(root, 'packages', folder, file));
    }
  }
  return entries;
}

/**
 * @param {readonly string[]} files modules whose exports are looked at
 * @returns {string[]} `<file>: <export>.<member>(<parameter>)` for each `any`
 */
export function findAny(files) {
  const program = ts.createProgram(files, compilerOptions());
  const [problem] = [
    ...program.getOptionsDiagnostics(),
    ...files.flatMap((file) => problemsOf(program, file)),
  ];
  if (problem) throw new Error(ts.flattenDiagnosticMessageText(problem.messageText, '\n'));
  const checker = program.getTypeChecker();
  const found = new Set();
  for (const file of files) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file));
    // Without it nothing would be looked at, which must not pass for nothing to be found.
    if (!module) throw new Error(`${file} is no module`);
    const search = new Search(checker, (path) => found.add(`${relative(root, file)}: ${path}`));
    for (const symbol of checker.getExportsOfModule(module)) search.exported(symbol);
  }
  return [...found];
}

function problemsOf(program, file) {
  const source = program.getSourceFile(file);
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
}

function compilerOptions() {
  const file = join(root, 'tsconfig.base.json');
  const { config } = ts.readConfigFile(file, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root, undefined, file);
  return {
    ...options,
    composite: false,
    declaration: false,
    declarationMap: false,
    noEmit: true,
    incremental: false,
  };
}

const isOurs = (declaration) => {
  const { fileName } = declaration.getSourceFile();
  return fileName.startsWith(root) && !fileName.includes('/node_modules/');
};
const isDeclaredHere = (symbol) => symbol?.declarations?.some(isOurs) ?? false;
/** What a class keeps to itself is no part of its signature. */
const isHidden = (symbol) =>
  symbol.declarations?.some(
    (declaration) =>
      (declaration.name && ts.isPrivateIdentifier(declaration.name)) ||
      ts.getCombinedModifierFlags(declaration) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected),
  ) ?? false;

class Search {
  seen = new Set();

  constructor(checker, report) {
    this.checker = checker;
    this.report = report;
  }

  exported(exported) {
    const { checker } = this;
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const name = exported.getName();
    if (symbol.flags & ts.SymbolFlags.Type) this.type(checker.getDeclaredTypeOfSymbol(symbol), name);
    if (symbol.flags & ts.SymbolFlags.Value) this.type(checker.getTypeOfSymbol(symbol), name);
    for (const declaration of symbol.declarations ?? []) {
      for (const parameter of declaration.typeParameters ?? []) {
        this.type(checker.getTypeAtLocation(parameter), `${name}<${parameter.name.text}>`);
      }
    }
  }

  type(type, path) {
    if (type.flags & ts.TypeFlags.Any) return this.report(path);
    if (this.seen.has(type)) return;
    this.seen.add(type);
    this.typeArguments(type, path);
    if (type.aliasSymbol && isDeclaredHere(type.aliasSymbol)) this.writtenArguments(type.aliasSymbol, path);
    if (type.isUnionOrIntersection()) {
      for (const part of type.types) this.type(part, path);
    } else if (type.flags & ts.TypeFlags.TypeParameter) {
      this.typeParameter(type, `${path} (${this.show(type)})`);
    } else if (type.flags & ts.TypeFlags.Conditional) {
      this.conditional(type, path);
    } else if (type.flags & ts.TypeFlags.IndexedAccess) {
      this.type(type.objectType, path);
      this.type(type.indexType, path);
    } else if (type.flags & ts.TypeFlags.Object) {
      this.object(type, path);
    }
  }

  /** `Promise<any>` is found here; what its owner filled in for an argument that nobody gave is not. */
  typeArguments(type, path) {
    const { checker } = this;
    const isReference = type.flags & ts.TypeFlags.Object && type.objectFlags & ts.ObjectFlags.Reference;
    const lists = [
      [type.aliasSymbol, type.aliasTypeArguments],
      [type.symbol, isReference ? checker.getTypeArguments(type) : undefined],
    ];
    for (const [symbol, given] of lists) {
      const isTheirs = symbol !== undefined && !isDeclaredHere(symbol);
      const parameters = isTheirs
        ? (symbol.declarations ?? []).flatMap((each) => each.typeParameters ?? [])
        : [];
      given?.forEach((argument, at) => {
        const fallback = parameters[at]?.default;
        if (!fallback || !this.isLeftTo(fallback, argument)) this.type(argument, `${path}<${at}>`);
      });
    }
  }

  /** `type Table = Record<string, any>` has lost its arguments once it goes by its own name. */
  writtenArguments(alias, path) {
    const visit = (node, at) => {
      const given = ts.isTypeReferenceNode(node) ? (node.typeArguments ?? []) : [];
      given.forEach((argument, n) => {
        this.type(this.checker.getTypeFromTypeNode(argument), `${at}<${n}>`);
        visit(argument, `${at}<${n}>`);
      });
      if (given.length === 0) ts.forEachChild(node, (child) => visit(child, at));
    };
    for (const declaration of alias.declarations) {
      if (ts.isTypeAliasDeclaration(declaration)) visit(declaration.type, path);
    }
  }

  /** Whether an argument looks like what a parameter's own default makes of it. */
  isLeftTo(fallback, argument) {
    const isAny = Boolean(argument.flags & ts.TypeFlags.Any);
    if (isAny && this.checker.getTypeFromTypeNode(fallback).flags & ts.TypeFlags.Any) return true;
    // Computed from other arguments by a type of theirs.
    const computing = this.symbolAt(fallback);
    if (computing === undefined || isDeclaredHere(computing)) return false;
    return isAny || argument.aliasSymbol === computing;
  }

  typeParameter(type, path) {
    const constraint = type.getConstraint();
    if (constraint) this.type(constraint, path);
    const fallback = type.getDefault();
    const [declaration] = type.symbol?.declarations ?? [];
    if (fallback && !this.isTheirs(declaration?.default)) this.type(fallback, path);
  }

  /** Whether a type node names, by whatever name, a type of another package or a part of one. */
  isTheirs(node) {
    if (node === undefined) return false;
    if (ts.isIndexedAccessTypeNode(node)) return this.isTheirs(node.objectType);
    const symbol = this.symbolAt(node);
    if (!symbol) return false;
    if (!isDeclaredHere(symbol)) return true;
    return symbol.declarations.some((each) => ts.isTypeAliasDeclaration(each) && this.isTheirs(each.type));
  }

  symbolAt(node) {
    if (!ts.isTypeReferenceNode(node)) return undefined;
    const symbol = this.checker.getSymbolAtLocation(node.typeName);
    return symbol && symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }

  conditional(type, path) {
    const { checkType, extendsType, node } = type.root;
    if (!isOurs(node)) return;
    this.type(checkType, path);
    this.type(extendsType, path);
    for (const branch of [node.trueType, node.falseType])
      this.type(this.checker.getTypeFromTypeNode(branch), path);
  }

  object(type, path) {
    const { checker } = this;
    const symbol = type.symbol ?? type.aliasSymbol;
    if (type.aliasSymbol && !isDeclaredHere(type.aliasSymbol)) return;
    if (symbol && !isDeclaredHere(symbol)) return;
    const properties = checker.getPropertiesOfType(type);
    for (const declaration of symbol?.declarations ?? []) {
      if (ts.isMappedTypeNode(declaration) && declaration.type && properties.length === 0) {
        this.type(checker.getTypeFromTypeNode(declaration.type), `${path}[]`);
      }
      for (const clause of declaration.heritageClauses ?? []) {
        for (const base of clause.types) this.type(checker.getTypeAtLocation(base), path);
      }
    }
    for (const property of properties) {
      // Inherited from elsewhere, or its own affair.
      if ((property.declarations && !isDeclaredHere(property)) || isHidden(property)) continue;
      this.type(checker.getTypeOfSymbol(property), `${path}.${property.getName()}`);
    }
    for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()]) {
      this.signature(signature, path);
    }
    for (const { keyType, type: value } of checker.getIndexInfosOfType(type)) {
      this.type(value, `${path}[${this.show(keyType)}]`);
    }
  }

  signature(signature, path) {
    const { checker } = this;
    if (signature.declaration && !isOurs(signature.declaration)) return;
    for (const parameter of signature.typeParameters ?? []) this.type(parameter, path);
    for (const parameter of signature.parameters) {
      this.type(checker.getTypeOfSymbol(parameter), `${path}(${parameter.getName()})`);
    }
    this.type(signature.getReturnType(), `${path}()`);
    const predicate = checker.getTypePredicateOfSignature(signature);
    if (predicate?.type) this.type(predicate.type, `${path}()`);
  }

  show(type) {
    return this.checker.typeToString(type);
  }
}
