/** A device with one camera and one line, valid as it is. */
export const DOOR_CONFIG = `tenant: demo
store: main
device: cam-1
cameras:
  - id: door
    source: door.mp4
    lines:
      - { id: entrance, from: [0.1, 0.2], to: [0.3, 0.4] }
`;
