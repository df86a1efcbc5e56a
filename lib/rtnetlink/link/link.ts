import { Group, MessageType } from "../constants.ts";
import { type Link, linkAttributes, linkHeader } from "./attributes.ts";
import { linkToIpJson } from "./json.ts";
import type { ObjectKind } from "../object_kind.ts";

/** Links. */
export const linkKind: ObjectKind<Link> = {
  name: "link",
  newType: MessageType.NewLink,
  deleteType: MessageType.DelLink,
  getType: MessageType.GetLink,
  groups: [Group.Link],
  header: linkHeader,
  attributes: linkAttributes,
  key: (link) => `${link.index}`,
  toIpJson: linkToIpJson,
};
