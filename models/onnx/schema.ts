import protobuf from "protobufjs/light.js";

/** Element types of `TensorProto.data_type` (onnx.proto, `TensorProto.DataType`) that we write or read. */
export const ELEMENT_TYPE = { float32: 1, uint8: 2, int64: 7, float16: 10 } as const;

/** Kinds of `AttributeProto.type` that we write. */
export const ATTRIBUTE_TYPE = { int: 2, ints: 7 } as const;

const field = (type: string, id: number) => ({ type, id });
const repeated = (type: string, id: number) => ({ rule: "repeated", type, id });

/**
 * The part of the ONNX format (onnx.proto) that we write and read; everything else is skipped by its field number.
 * A `TensorHeader` is a `TensorProto` without its data, so that a large file is understood without copying weights.
 */
const root = protobuf.Root.fromJSON({
  nested: {
    ModelProto: {
      fields: {
        irVersion: field("int64", 1),
        producerName: field("string", 2),
        docString: field("string", 6),
        graph: field("GraphProto", 7),
        opsetImport: repeated("OperatorSetId", 8),
        metadataProps: repeated("StringEntry", 14),
      },
    },
    GraphProto: {
      fields: {
        node: repeated("NodeProto", 1),
        name: field("string", 2),
        initializer: repeated("TensorProto", 5),
        input: repeated("ValueInfo", 11),
        output: repeated("ValueInfo", 12),
      },
    },
    NodeProto: {
      fields: {
        input: repeated("string", 1),
        output: repeated("string", 2),
        name: field("string", 3),
        opType: field("string", 4),
        attribute: repeated("AttributeProto", 5),
      },
    },
    AttributeProto: {
      fields: {
        name: field("string", 1),
        i: field("int64", 3),
        ints: repeated("int64", 8),
        type: field("int32", 20),
      },
    },
    TensorProto: {
      fields: {
        dims: repeated("int64", 1),
        dataType: field("int32", 2),
        name: field("string", 8),
        rawData: field("bytes", 9),
      },
    },
    ModelHeader: {
      fields: {
        producerName: field("string", 2),
        graph: field("GraphHeader", 7),
        metadataProps: repeated("StringEntry", 14),
      },
    },
    GraphHeader: {
      fields: {
        initializer: repeated("TensorHeader", 5),
        input: repeated("ValueInfo", 11),
        output: repeated("ValueInfo", 12),
      },
    },
    TensorHeader: { fields: { name: field("string", 8), dataLocation: field("int32", 14) } },
    ValueInfo: { fields: { name: field("string", 1), type: field("TypeProto", 2) } },
    TypeProto: { fields: { tensorType: field("TensorType", 1) } },
    TensorType: { fields: { elementType: field("int32", 1), shape: field("TensorShape", 2) } },
    TensorShape: { fields: { dim: repeated("Dimension", 1) } },
    Dimension: { fields: { dimValue: field("int64", 1), dimParam: field("string", 2) } },
    OperatorSetId: { fields: { domain: field("string", 1), version: field("int64", 2) } },
    StringEntry: { fields: { key: field("string", 1), value: field("string", 2) } },
  },
});

/** A whole model, for writing. */
export const ModelProto = root.lookupType("ModelProto");

/** A model without its weights, for inspecting. */
export const ModelHeader = root.lookupType("ModelHeader");
