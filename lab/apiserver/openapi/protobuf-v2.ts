/**
 * An OpenAPI 2 document as protobuf: gnostic's `openapi.v2.Document`, which kubectl asks for
 * (https://github.com/google/gnostic-models/blob/main/openapiv2/OpenAPIv2.proto).
 */
import type { Json, JsonObject } from '../../../proxies/kit/api/json.ts';
import { isList, isObject, textAt } from '../api-object.ts';
import { message, writeBoolean, writeBytes, writeText } from '../protobuf-writer.ts';
import type { DocumentV2, Parameter } from './document-v2.ts';

/** Writes the document; fields of ours that gnostic has no place for do not exist. */
export function encodeDocumentV2(document: DocumentV2): Buffer {
  const { title, version } = document.info;
  return message(
    writeText(1, document.swagger),
    writeBytes(2, message(writeText(1, title), writeText(2, version))),
    writeBytes(8, message(...named(2, document.paths, encodePathItem))),
    writeBytes(9, message(...named(1, document.definitions, encodeSchema))),
  );
}

const methods = { get: 2, put: 3, post: 4, delete: 5, patch: 8 };

function encodePathItem(item: JsonObject): Buffer {
  return message(
    ...Object.entries(methods).map(([method, number]) => {
      const operation = item[method];
      return isObject(operation) ? writeBytes(number, encodeOperation(operation)) : nothing;
    }),
    ...listOf(item.parameters).map((one) => writeBytes(9, encodeParameter(one))),
  );
}

function encodeOperation(operation: JsonObject): Buffer {
  return message(
    writeText(3, textAt(operation, 'description')),
    writeText(5, textAt(operation, 'operationId')),
    ...textsOf(operation.produces).map((type) => writeText(6, type)),
    ...textsOf(operation.consumes).map((type) => writeText(7, type)),
    ...listOf(operation.parameters).map((one) => writeBytes(8, encodeParameter(one))),
    writeBytes(9, message(...named(1, operation.responses, encodeResponse))),
    ...extensionsOf(operation, 13),
  );
}

/** `ParametersItem`, around `Parameter`, around what it is. */
function encodeParameter(parameter: JsonObject): Buffer {
  const at = textAt(parameter, 'in') as Parameter['in'];
  const inner = parameterEncoders[at](parameter);
  return message(writeBytes(1, inner));
}

const parameterEncoders: Readonly<Record<Parameter['in'], (parameter: JsonObject) => Buffer>> = {
  body: (parameter) =>
    message(
      writeBytes(
        1,
        message(
          writeText(2, textAt(parameter, 'name')),
          writeText(3, 'body'),
          writeBoolean(4, parameter.required === true),
          schemaField(5, parameter.schema),
        ),
      ),
    ),
  query: (parameter) =>
    nonBody(
      3,
      message(
        writeText(2, 'query'),
        writeText(4, textAt(parameter, 'name')),
        writeText(6, textAt(parameter, 'type')),
      ),
    ),
  path: (parameter) =>
    nonBody(
      4,
      message(
        writeBoolean(1, true),
        writeText(2, 'path'),
        writeText(4, textAt(parameter, 'name')),
        writeText(5, textAt(parameter, 'type')),
      ),
    ),
};

function nonBody(number: number, parameter: Buffer): Buffer {
  return message(writeBytes(2, message(writeBytes(number, parameter))));
}

/** `ResponseValue`, around `Response`, whose schema is a `SchemaItem`. */
function encodeResponse(response: JsonObject): Buffer {
  const schema = isObject(response.schema)
    ? writeBytes(2, message(schemaField(1, response.schema)))
    : nothing;
  return message(writeBytes(1, message(writeText(1, textAt(response, 'description')), schema)));
}

function encodeSchema(schema: JsonObject): Buffer {
  return message(
    writeText(1, textAt(schema, '$ref')),
    writeText(2, textAt(schema, 'format')),
    writeText(4, textAt(schema, 'description')),
    ...textsOf(schema.required).map((name) => writeText(19, name)),
    isObject(schema.additionalProperties)
      ? writeBytes(21, message(schemaField(1, schema.additionalProperties)))
      : nothing,
    schema.type === undefined
      ? nothing
      : writeBytes(22, message(writeText(1, textAt(schema, 'type')))),
    isObject(schema.items) ? writeBytes(23, message(schemaField(1, schema.items))) : nothing,
    isObject(schema.properties)
      ? writeBytes(25, message(...named(1, schema.properties, encodeSchema)))
      : nothing,
    ...extensionsOf(schema, 31),
  );
}

const nothing = Buffer.alloc(0);

function schemaField(number: number, schema: Json | undefined): Buffer {
  return isObject(schema) ? writeBytes(number, encodeSchema(schema)) : nothing;
}

/** The vendor extensions: their values are YAML, and JSON is YAML. */
function extensionsOf(object: JsonObject, number: number): readonly Buffer[] {
  return Object.entries(object)
    .filter(([key]) => key.startsWith('x-'))
    .map(([key, value]) =>
      writeBytes(
        number,
        message(writeText(1, key), writeBytes(2, message(writeText(2, JSON.stringify(value))))),
      ),
    );
}

/** A map as gnostic has it: a list of names with values. */
function named(
  number: number,
  map: Json | undefined,
  encode: (value: JsonObject) => Buffer,
): readonly Buffer[] {
  return Object.entries(isObject(map) ? map : {}).map(([name, value]) =>
    writeBytes(
      number,
      message(writeText(1, name), writeBytes(2, isObject(value) ? encode(value) : nothing)),
    ),
  );
}

function listOf(list: Json | undefined): readonly JsonObject[] {
  return isList(list) ? list.filter(isObject) : [];
}

function textsOf(list: Json | undefined): readonly string[] {
  return isList(list) ? list.map(String) : [];
}
